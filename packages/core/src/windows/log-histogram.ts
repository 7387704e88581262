/** How far a quantile may be from the value that it stands for, as a share of that value. */
export const relativeError = 0.02;

/** What is smaller counts as 0, and what is larger as the most: between the two there are some 700 buckets, of which those with a value are kept. */
export const least = 1e-3;
export const most = 1e9;

const growth = (1 + relativeError) / (1 - relativeError);
const logOfGrowth = Math.log(growth);

/**
 * A histogram as JSON holds it. Its buckets are those of `relativeError`: whoever reads it must have the same.
 */
export interface HistogramJson {
  /** Values that count as 0. */
  readonly zeros: number;
  readonly min: number;
  readonly max: number;
  /** By turns a bucket's exponent and how many values are in it. */
  readonly buckets: readonly number[];
}

/**
 * How often which values came, in buckets that grow by the same factor (as a DDSketch has them): a quantile is within 2 % of its value, whatever
 * the values. Two of them become one by adding up their buckets, in any order, and nothing is lost by it. Values are 0 or more, in any unit.
 */
export class LogHistogram {
  #count = 0;
  #zeros = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  /** By the exponent of their upper bound. */
  readonly #buckets = new Map<number, number>();

  get count(): number {
    return this.#count;
  }

  /** What is no number, or below 0, is not counted. */
  add(value: number): void {
    if (!(value >= 0)) return;
    const kept = value < least ? 0 : Math.min(value, most);
    this.#count += 1;
    this.#min = Math.min(this.#min, kept);
    this.#max = Math.max(this.#max, kept);
    if (kept === 0) this.#zeros += 1;
    else this.#addTo(Math.ceil(Math.log(kept) / logOfGrowth), 1);
  }

  /** Adds what another one has: by its JSON, since it may be of another copy of this package. */
  merge(other: Pick<LogHistogram, "toJSON">): void {
    const json = other.toJSON();
    if (json !== undefined) this.#addAll(json);
  }

  /** Undefined where there is no value: JSON has no word for the least of none. */
  toJSON(): HistogramJson | undefined {
    if (this.#count === 0) return undefined;
    return { zeros: this.#zeros, min: this.#min, max: this.#max, buckets: [...this.#buckets].flat() };
  }

  static fromJson(json: HistogramJson): LogHistogram {
    const histogram = new LogHistogram();
    histogram.#addAll(json);
    return histogram;
  }

  /**
   * The value that a share of all values is not above: of two values, the median is the smaller one. Undefined where there is none.
   * @param share 0–1
   */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    if (rank >= this.#count) return this.#max;
    let left = rank - this.#zeros;
    if (left <= 0) return 0;
    for (const [exponent, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.min(Math.max(middleOf(exponent), this.#min), this.#max);
    }
    return this.#max;
  }

  #addAll({ zeros, min, max, buckets }: HistogramJson): void {
    this.#zeros += zeros;
    this.#count += zeros;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    for (let index = 0; index + 1 < buckets.length; index += 2) {
      const count = buckets[index + 1] as number;
      this.#addTo(buckets[index] as number, count);
      this.#count += count;
    }
  }

  #addTo(exponent: number, count: number): void {
    this.#buckets.set(exponent, (this.#buckets.get(exponent) ?? 0) + count);
  }
}

/** As far from the bucket's one bound as from the other, as a share of each. */
function middleOf(exponent: number): number {
  return (2 * growth ** exponent) / (growth + 1);
}
