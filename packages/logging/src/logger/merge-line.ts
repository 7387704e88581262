import { snapshotOf } from "./http-snapshot.ts";

/** pino's own words for what it cannot write. */
export const unwritable = "[unable to serialize, circular reference is too complex to analyze]";

/**
 * The fields that a logger adds, and those of the line, which win. A line that is a request or a response itself is written as one. Where
 * a getter throws, which plain pino would throw into the app, pino's words for what it cannot write are its value.
 */
export function mergeLine(line: object, fields: object): object {
  try {
    const merged = Object.assign(fields, snapshotOf(line) ?? line);
    if (Object.hasOwn(line, "__proto__")) define(merged, line, "__proto__");
    return merged;
  } catch {
    return mergeReadable(line, fields);
  }
}

function mergeReadable(line: object, fields: object): object {
  try {
    for (const name of Object.keys(line)) define(fields, line, name);
  } catch {
    // a line whose names cannot be seen has none; its message is written all the same
  }
  return fields;
}

function define(fields: object, line: object, name: string): void {
  let value: unknown = unwritable;
  try {
    value = Reflect.get(line, name);
  } catch {
    // it is said in pino's words
  }
  Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}
