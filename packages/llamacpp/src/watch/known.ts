/** Leaves out what is unknown. */
export function known<Values extends object>(
  values: {
    readonly [Name in keyof Values]: Values[Name] | undefined;
  },
): { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Values]?: Exclude<Values[Name], undefined> };
}
