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
  readonly #few: [Key, Value][] = [];
  #many: Map<Key, Value> | undefined;

  get size(): number {
    return (this.#many?.size ?? 0) + this.#few.length;
  }

  get(key: Key): Value | undefined {
    return this.#many?.get(key) ?? this.#entry(key)?.[1];
  }

  set(key: Key, value: Value): void {
    const known = this.#entry(key);
    if (known !== undefined) known[1] = value;
    else if (this.#many !== undefined) this.#many.set(key, value);
    else if (this.#few.length < few) this.#few.push([key, value]);
    else this.#many = this.takeAll().set(key, value);
  }

  delete(key: Key): void {
    const known = this.#entry(key);
    if (known !== undefined) this.#remove(known);
    else if (this.#many?.delete(key) && this.#many.size === 0) this.#many = undefined;
  }

  /** Leaves it empty. @returns what was in it */
  takeAll(): Map<Key, Value> {
    const all = this.#many ?? new Map(this.#few.splice(0));
    this.#many = undefined;
    return all;
  }

  /** Those that are in it now, but for what leaves before its turn: whoever reads one may run code of the app's, which ends another. */
  *[Symbol.iterator](): IterableIterator<readonly [Key, Value]> {
    for (const entry of [...(this.#many ?? this.#few)]) if (this.#has(entry[0])) yield entry;
  }

  #has(key: Key): boolean {
    return this.#many?.has(key) ?? this.#entry(key) !== undefined;
  }

  /** One of a few. */
  #entry(key: Key): [Key, Value] | undefined {
    for (const entry of this.#few) if (entry[0] === key) return entry;
    return undefined;
  }

  /** As `splice` does, in a third of its time. */
  #remove(entry: [Key, Value]): void {
    const all = this.#few;
    for (let at = all.indexOf(entry) + 1; at < all.length; at += 1) all[at - 1] = all[at] as [Key, Value];
    all.pop();
  }
}
