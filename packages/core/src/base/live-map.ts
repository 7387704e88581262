/** So many are looked for one by one: as fast as a `Map` with as many. */
const few = 64;

/**
 * A map of what goes on, in the order of its beginning. A `Map` that a last entry leaves drops its table and makes another: 160 bytes and a fifth
 * of a microsecond for each inference and each map that it is in, and V8 keeps all those tables until a full collection, since each leads to the
 * next. Here nothing is allocated as long as there are few; for many it is a `Map`, until it is empty.
 * @example
 * const running = new LiveMap<Inference, number>();
 * running.set(inference, 0);
 * running.delete(inference);
 */
export class LiveMap<Key extends object, Value> {
  readonly #keys: Key[] = [];
  readonly #values: Value[] = [];
  #many: Map<Key, Value> | undefined;

  get size(): number {
    return this.#many?.size ?? this.#keys.length;
  }

  get(key: Key): Value | undefined {
    // the newest end first more often than not
    return this.#many === undefined ? this.#values[this.#keys.lastIndexOf(key)] : this.#many.get(key);
  }

  set(key: Key, value: Value): void {
    const at = this.#keys.lastIndexOf(key);
    if (this.#many !== undefined) this.#many.set(key, value);
    else if (at !== -1) this.#values[at] = value;
    else if (this.#keys.length < few) this.#push(key, value);
    else this.#many = new Map(this.#leave()).set(key, value);
  }

  delete(key: Key): void {
    if (this.#many === undefined) this.#remove(this.#keys.lastIndexOf(key));
    else if (this.#many.delete(key) && this.#many.size === 0) this.#many = undefined;
  }

  /** Removes all. @returns what was removed */
  clear(): Map<Key, Value> {
    const all = this.#many ?? new Map(this.#leave());
    this.#many = undefined;
    return all;
  }

  keys(): Iterable<Key> {
    return this.#many?.keys() ?? this.#keys;
  }

  *[Symbol.iterator](): IterableIterator<readonly [Key, Value]> {
    if (this.#many !== undefined) yield* this.#many;
    else for (const [at, key] of this.#keys.entries()) yield [key, this.#values[at] as Value];
  }

  #push(key: Key, value: Value): void {
    this.#keys.push(key);
    this.#values.push(value);
  }

  #remove(at: number): void {
    if (at === -1) return;
    this.#keys.copyWithin(at, at + 1);
    this.#values.copyWithin(at, at + 1);
    this.#keys.pop();
    this.#values.pop();
  }

  #leave(): [Key, Value][] {
    const all = Array.from(this.#keys, (key, at): [Key, Value] => [key, this.#values[at] as Value]);
    this.#keys.length = 0;
    this.#values.length = 0;
    return all;
  }
}
