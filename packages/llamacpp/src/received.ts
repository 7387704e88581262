/** Whether `value` can have properties worth reading. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** What the caller passed, in words for an error: its kind, never its content. */
export function describeReceived(value: unknown): string {
  if (value instanceof Promise) return "a Promise: did you forget `await`?";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "function") return value.name === "" ? "a function" : `the class or function ${value.name}`;
  if (!isObject(value)) return value === undefined ? "undefined" : `a ${typeof value}`;
  const kind: unknown = value.constructor;
  const name = typeof kind === "function" ? kind.name : "";
  return name === "" || name === "Object" ? "a plain object" : `a ${name}`;
}
