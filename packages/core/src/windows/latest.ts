/**
 * What was set last, by key: `least` entries at least, and fewer than twice as many. Two maps take turns, so that nothing is looked for that may be
 * forgotten: to find the oldest entry of one map, the engine passes all that were deleted before it, some 15 µs where 10,000 are kept.
 */
export class Latest<Value> {
  readonly #least: number;
  #latest = new Map<string, Value>();
  #before = new Map<string, Value>();

  constructor(least: number) {
    this.#least = least;
  }

  get size(): number {
    return this.#latest.size + this.#before.size;
  }

  get(key: string): Value | undefined {
    return this.#latest.get(key) ?? this.#before.get(key);
  }

  /** From now on it is the last one. */
  set(key: string, value: Value): void {
    this.#before.delete(key);
    this.#latest.set(key, value);
    if (this.#latest.size < this.#least) return;
    this.#before = this.#latest;
    this.#latest = new Map();
  }

  delete(key: string): void {
    this.#latest.delete(key);
    this.#before.delete(key);
  }

  clear(): void {
    this.#latest.clear();
    this.#before.clear();
  }
}
