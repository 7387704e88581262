import { unknownNames } from "./unknown-names.ts";

/** The same for a variable's `label_values(selector, label)`. */
export function unknownNamesInVariable(query: string): string[] {
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  if (selector === undefined || label === undefined) return [query];
  return unknownNames(`sum by (${label}) (${selector})`);
}
