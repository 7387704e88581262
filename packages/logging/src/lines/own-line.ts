import type { LineFields } from "./line.ts";

let written: LineFields | undefined;
let names = 0;

/** Writes a line of ours. Loggers that `createLogger` made can tell it from the app's meanwhile. */
export function writeOwnLine(fields: LineFields, write: () => void): void {
  written = fields;
  names = Object.keys(fields).length;
  try {
    write();
  } finally {
    written = undefined;
  }
}

/**
 * Whether a line is one of ours, as we made it: it says by itself whose it is, and holds nothing to censor. One that a wrapper around the
 * logger copied or added to is not.
 */
export function isOwnLine(line: object): boolean {
  return line === written && Object.keys(line).length === names;
}
