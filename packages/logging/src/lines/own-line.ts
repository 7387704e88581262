import { processWide } from "@aiwatch/core/adapter";
import type { LineFields } from "./line.ts";

interface OwnLine {
  /** What is written just now. */
  fields: LineFields | undefined;
  names: number;
}

/** The line may be one copy's of this package, and the logger another's. */
const ownLine = processWide("@aiwatch/logging/own-line", 1, (): OwnLine => ({ fields: undefined, names: 0 }));

/** Writes a line of ours. While it does, a logger of `createLogger` recognises the line. */
export function writeOwnLine(fields: LineFields, write: () => void): void {
  const own = ownLine();
  own.fields = fields;
  own.names = Object.keys(fields).length;
  try {
    write();
  } finally {
    own.fields = undefined;
  }
}

/**
 * Whether a line is one of ours, as we made it: it says by itself whose it is, and holds nothing to censor. One that a wrapper around the
 * logger copied or added to is not.
 */
export function isOwnLine(line: object): boolean {
  const { fields, names } = ownLine();
  return line === fields && Object.keys(line).length === names;
}
