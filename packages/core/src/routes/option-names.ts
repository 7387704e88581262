import { invalidArgument } from "../base/errors.ts";

/** The options of handlers and of doors: an app may give both the same. */
const names =
  "authorize public allowedOrigins reports diagnostics live routes userOf ignore normalizeRoute outsideParents";

/**
 * An option that is spelled wrong would do nothing, and an `authorise` would leave open what it is to close.
 * @param further names that one framework's door has beside these
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a name that is none of an option
 */
export function checkOptionNames(options: object, further: readonly string[] = []): void {
  checkNames("an option's name", options, [...names.split(" "), ...further], "one of");
}

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a name in `given` that is none of those known */
export function checkNames(what: string, given: object, known: readonly string[], expected: string): void {
  const wrong = Object.keys(given).find((name) => !known.includes(name));
  if (wrong !== undefined) throw invalidArgument(what, wrong, `${expected} ${known.join(", ")}`);
}
