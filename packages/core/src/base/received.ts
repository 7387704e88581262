/**
 * Whether `value` can have properties worth reading.
 * @example
 * const usage = isObject(answer) ? Reflect.get(answer, "usage") : undefined;
 */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Follows property names from `value`, as far as there are objects. A getter that throws, throws here, too.
 * @returns `undefined` where one of the names leads nowhere
 * @example
 * valueAt(answer, "usage", "prompt_tokens_details", "cached_tokens");
 */
export function valueAt(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) found = isObject(found) ? Reflect.get(found, name) : undefined;
  return found;
}

/**
 * Leaves out what is unknown: an object without the properties that are `undefined`.
 * @example
 * defined({ contextSize: 4096, batchSize: undefined }); // { contextSize: 4096 }
 */
export function defined<Values extends object>(
  values: {
    readonly [Name in keyof Values]: Values[Name] | undefined;
  },
): { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  const known: Record<string, unknown> = {};
  // several times for each inference: no list of the names is made
  for (const name in values) {
    if (!Object.hasOwn(values, name)) continue;
    const value = values[name];
    if (value !== undefined) known[name] = value;
  }
  return known as { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> };
}
