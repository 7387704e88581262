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
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Values]?: Exclude<Values[Name], undefined> };
}
