export const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** The values that are known. */
export type Known<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

export function known<Values extends object>(values: Values): Known<Values> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Known<Values>;
}
