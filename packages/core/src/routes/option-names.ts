import { invalidArgument } from "../base/errors.ts";

/** The options of handlers and of doors: an app may give both the same. */
const names: readonly string[] = [
  ...["authorize", "public", "allowedOrigins", "reports", "diagnostics", "live", "routes"],
  ...["userOf", "ignore", "normalizeRoute", "outsideParents"],
];

/**
 * An option that is spelled wrong would do nothing, and an `authorise` would leave open what it is to close.
 * @param further names that one framework's door has beside these
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a name that is none of an option
 */
export function checkOptionNames(options: object, further: readonly string[] = []): void {
  const known = [...names, ...further];
  const wrong = Object.keys(options).find((name) => !known.includes(name));
  if (wrong !== undefined) throw invalidArgument("an option's name", wrong, `one of ${known.join(", ")}`);
}
