import { invalidArgument } from "../base/errors.ts";
import { isObject, warnOfUnknownOptions } from "../base/received.ts";

/**
 * A property that is a finite number. A bigint, as files and native code hand over, becomes a number.
 * @returns `undefined` for anything else: what is no number is unknown, never 0
 * @example
 * const contextSize = numberAt(context, "contextSize");
 */
export function numberAt(holder: object, name: string): number | undefined {
  const value: unknown = Reflect.get(holder, name);
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/**
 * What the caller passed, in words for an error: its kind, never its content.
 * @example
 * describeReceived(new Promise(() => {})); // "a Promise: did you forget `await`?"
 */
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

/**
 * A copy of an object with some of its properties replaced, for arguments that an adapter may not change: of a frozen object, too, with its
 * prototype, and with the getters of its class reading from the object itself, since they may need its private fields.
 * @example
 * const options = copyWith(received, { functions: observedFunctions });
 */
export function copyWith(source: object, replaced: Readonly<Record<string, unknown>>): object {
  const copy: object = Object.create(Object.getPrototypeOf(source));
  for (let holder = source; isObject(holder) && holder !== Object.prototype; holder = Object.getPrototypeOf(holder)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (Object.hasOwn(copy, name)) continue;
      const { enumerable = false, get } = descriptor;
      const read = { get: () => Reflect.get(source, name), enumerable, configurable: true };
      if (get !== undefined) Object.defineProperty(copy, name, read);
      else if (holder === source) Object.defineProperty(copy, name, { ...descriptor, configurable: true });
    }
  }
  for (const [name, value] of Object.entries(replaced)) {
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

/**
 * Checks the options of a function that observes something. One that it does not have is told of by a process warning.
 * @param by the function, such as `instrumentModel()`
 * @param known the options that there are
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no object, and for an instance in place of `{ aiwatch }`
 * @example checkObserveOptions("instrumentModel()", options, ["aiwatch", "model"]);
 */
export function checkObserveOptions(by: string, options: unknown, known: readonly string[]): void {
  const what = `the options of ${by}`;
  if (!isObject(options)) throw invalidArgument(what, options, "an object, such as { aiwatch }");
  if ("startInference" in options) throw invalidArgument(what, "an instance", "{ aiwatch }");
  warnOfUnknownOptions(by, options, known);
}
