/** A property that is a finite number; GGUF metadata holds some as bigint. What is none is unknown. */
export function numberAt(holder: object, name: string): number | undefined {
  const value: unknown = Reflect.get(holder, name);
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
