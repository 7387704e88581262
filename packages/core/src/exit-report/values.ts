/** Past so many the values themselves are not kept: the mean and the largest stay exact. */
const kept = 10_000;

/** From so many values on a 95th percentile is another one than the largest. */
const enoughForP95 = 20;

/** Durations in milliseconds, for a line of the report. */
export class Values {
  readonly #values: number[] = [];
  #count = 0;
  #sum = 0;
  #max = 0;

  add(value: number | undefined): void {
    if (value === undefined) return;
    this.#count += 1;
    this.#sum += value;
    this.#max = Math.max(this.#max, value);
    if (this.#count <= kept) this.#values.push(value);
  }

  /** In words; `undefined` where nothing is known. */
  describe(): string | undefined {
    if (this.#count === 0) return undefined;
    if (this.#count === 1) return inMs(this.#max);
    return `${this.#middle()}, longest ${inMs(this.#max)}`;
  }

  #middle(): string {
    if (this.#count > kept) return `mean ${inMs(this.#sum / this.#count)}`;
    const sorted = this.#values.toSorted((a, b) => a - b);
    const at = (part: number) => inMs(sorted[Math.ceil(part * sorted.length) - 1] ?? this.#max);
    return this.#count < enoughForP95 ? `p50 ${at(0.5)}` : `p50 ${at(0.5)}, p95 ${at(0.95)}`;
  }
}

/** Three digits are more than such a measurement holds. */
function inMs(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
