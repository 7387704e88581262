/** The value of an object's own property, unless it has a getter: a getter is called once, where its value is written. */
export function ownData(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

/** How many objects are looked at before a value counts as none. */
const maxObjects = 1_000;

/**
 * Whether a value is nothing but texts, numbers, lists and objects without a class, in which each property is its own value: a copy of it is
 * as good as it is, and nothing that is alive is behind it.
 */
export function isPlainData(value: unknown): boolean {
  let left = maxObjects;
  const seen = new Set<object>();
  const isPlain = (each: unknown): boolean => {
    if (typeof each !== "object" || each === null) return true;
    left -= Array.isArray(each) ? each.length + 1 : 1;
    if (left < 0 || seen.has(each)) return false;
    seen.add(each);
    const prototype: object | null = Object.getPrototypeOf(each);
    if (prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype) return false;
    return Object.values(Object.getOwnPropertyDescriptors(each)).every(
      (property) => "value" in property && isPlain(property.value),
    );
  };
  try {
    return isPlain(value);
  } catch {
    return false;
  }
}
