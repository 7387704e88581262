/** So many are looked for one by one: as fast as a `Map` with as many. */
const few = 32;

/**
 * A map of what goes on, in the order of its beginning. A `Map` that a last entry leaves drops its table and makes another: 160 bytes and a fifth
 * of a microsecond for each inference and each map that it is in, and V8 keeps all those tables until a full collection, since each leads to the
 * next. Here a few are a list; many are a `Map`, until it is empty.
 * @example
 * const running = new LiveMap<Inference, number>();
 * running.set(inference, 0);
 * running.delete(inference);
 */
export class LiveMap<Key extends object, Value> {
  /** Of a few. */
  readonly #keys: Key[] = [];
  readonly #values: Value[] = [];
  #many: Map<Key, Value> | undefined;

  get size(): number {
    return this.#many?.size ?? this.#keys.length;
  }

  get(key: Key): Value | undefined {
    if (this.#many !== undefined) return this.#many.get(key);
    const index = this.#keys.indexOf(key);
    return index === -1 ? undefined : this.#values[index];
  }

  set(key: Key, value: Value): void {
    if (this.#many === undefined) this.#setOfFew(key, value);
    else this.#many.set(key, value);
  }

  delete(key: Key): void {
    if (this.#many === undefined) this.#deleteOfFew(key);
    else if (this.#many.delete(key) && this.#many.size === 0) this.#many = undefined;
  }

  /** Leaves it empty. @returns what was in it */
  takeAll(): Map<Key, Value> {
    const all = this.#many ?? new Map(this.#entries());
    this.#many = undefined;
    this.#keys.length = 0;
    this.#values.length = 0;
    return all;
  }

  /** Those that are in it now, but for what leaves before its turn: whoever reads one may run code of the app's, which ends another. */
  *[Symbol.iterator](): IterableIterator<readonly [Key, Value]> {
    for (const entry of this.#entries()) if (this.#has(entry[0])) yield entry;
  }

  #entries(): [Key, Value][] {
    if (this.#many !== undefined) return [...this.#many];
    return this.#keys.map((key, index) => [key, this.#values[index] as Value]);
  }

  #has(key: Key): boolean {
    return this.#many?.has(key) ?? this.#keys.includes(key);
  }

  #setOfFew(key: Key, value: Value): void {
    const index = this.#keys.indexOf(key);
    if (index >= 0) this.#values[index] = value;
    else if (this.#keys.length === few) this.#many = this.takeAll().set(key, value);
    else {
      this.#keys.push(key);
      this.#values.push(value);
    }
  }

  #deleteOfFew(key: Key): void {
    const index = this.#keys.indexOf(key);
    if (index === -1) return;
    removeAt(this.#keys, index);
    removeAt(this.#values, index);
  }
}

/** Takes the last one that is `item` out of a short list. @returns whether there was one */
export function removeFrom<Item>(list: Item[], item: Item): boolean {
  const index = list.lastIndexOf(item);
  if (index === -1) return false;
  removeAt(list, index);
  return true;
}

/** As `splice` does, in a third of its time, and it makes no list of what is gone. */
function removeAt<Item>(list: Item[], index: number): void {
  for (let next = index + 1; next < list.length; next += 1) list[next - 1] = list[next] as Item;
  list.pop();
}
