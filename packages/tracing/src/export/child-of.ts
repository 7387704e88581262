/** What another one's object holds by that name: the SDK's private members, of which nothing is sure. */
export function childOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
