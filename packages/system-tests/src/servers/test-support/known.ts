export const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

export function known<Values extends object>(values: Values): Partial<Values> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Values>;
}
