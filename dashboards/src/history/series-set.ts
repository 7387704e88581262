import type { CatalogueRow } from "@aiwatch/core";
import type { LabelOf } from "../promql/select.ts";

type Labels<Row extends CatalogueRow> = Readonly<Record<LabelOf<Row>, string>>;

/** One series of a set. */
export type SeriesId = number & { readonly kind: "series" };

/** The series of one histogram: its buckets one after the other, then its sum and its count. */
export interface HistogramId {
  readonly first: number;
  readonly bounds: readonly number[];
}

/** How values spread: most lie around the median, and a few far above it. */
export interface Spread {
  readonly median: number;
  /** Of the logarithm: 0.3 is narrow, 1 is wide. */
  readonly sigma: number;
}

/** The series of one process. What a line begins with is made once; the values move, and are written at each scrape. */
export class SeriesSet {
  readonly #target: string;
  readonly #texts: string[] = [];
  readonly #isCounter: boolean[] = [];
  #values: number[] = [];
  /** Of a bucket: what it would have if things came in parts. */
  #due: number[] = [];

  constructor(target: Readonly<Record<string, string>>) {
    this.#target = textOf(target);
  }

  get size(): number {
    return this.#texts.length;
  }

  counter<Row extends CatalogueRow>({ name }: Row, labels: Labels<Row>): SeriesId {
    return this.plain(name, labels, true);
  }

  gauge<Row extends CatalogueRow>({ name }: Row, labels: Labels<Row>): SeriesId {
    return this.plain(name, labels, false);
  }

  /** A series that the catalogue does not have: of the process, or of the scrape. */
  plain(name: string, labels: Readonly<Record<string, string>>, isCounter: boolean): SeriesId {
    const more = textOf(labels);
    this.#texts.push(`${name}{${this.#target}${more === "" ? "" : `,${more}`}} `);
    this.#isCounter.push(isCounter);
    // a gauge that nobody set is unknown, and so absent
    this.#values.push(isCounter ? 0 : Number.NaN);
    return (this.#texts.length - 1) as SeriesId;
  }

  histogram<Row extends Extract<CatalogueRow, { readonly type: "histogram" }>>(
    { name, bounds }: Row,
    labels: Labels<Row>,
  ): HistogramId {
    const first = this.#texts.length;
    for (const le of [...bounds.map(boundText), "+Inf"]) this.plain(`${name}_bucket`, { ...labels, le }, true);
    this.plain(`${name}_sum`, labels, true);
    this.plain(`${name}_count`, labels, true);
    return { first, bounds };
  }

  add(id: SeriesId, value: number): void {
    this.#values[id] = (this.#values[id] ?? 0) + value;
  }

  /** @param value `undefined` where it is not known */
  set(id: SeriesId, value: number | undefined): void {
    this.#values[id] = value ?? Number.NaN;
  }

  /**
   * Adds so many values that spread so; what is less than one comes with a later call. No bucket ever grows by more than the next one: each value is
   * in all that are above it, however short the stretch of time that somebody looks at.
   */
  observe({ first, bounds }: HistogramId, count: number, { median, sigma }: Spread): void {
    const [infinite, mean] = [first + bounds.length, median * Math.exp((sigma * sigma) / 2)];
    const whole = Math.floor(this.#owe(infinite, count));
    let below = 0;
    bounds.forEach((bound, index) => {
      const owed = Math.round(this.#owe(first + index, count * shareBelow(bound, median, sigma)));
      below = Math.min(Math.max(owed, below), whole);
      this.#grow(first + index, below);
    });
    this.#grow(infinite, whole);
    this.#grow(infinite + 1, whole * mean);
    this.#grow(infinite + 2, whole);
  }

  /** @returns what the bucket lacks */
  #owe(index: number, more: number): number {
    const due = (this.#due[index] ?? 0) + more;
    this.#due[index] = due;
    return due - (this.#values[index] ?? 0);
  }

  #grow(index: number, by: number): void {
    this.#values[index] = (this.#values[index] ?? 0) + by;
  }

  /** As after a restart: counters begin anew, and gauges are unknown. */
  reset(): void {
    this.#values = this.#isCounter.map((isCounter) => (isCounter ? 0 : Number.NaN));
    this.#due = [];
  }

  /** The lines of one scrape. */
  linesAt(seconds: number): string {
    let lines = "";
    for (let index = 0; index < this.#texts.length; index += 1) {
      const value = this.#values[index] ?? Number.NaN;
      if (!Number.isNaN(value)) lines += `${this.#texts[index]}${this.#written(index, value)} ${seconds}\n`;
    }
    return lines;
  }

  /** Things are counted whole; sums and gauges have six digits. */
  #written(index: number, value: number): number {
    const isWhole = this.#isCounter[index] && !/(_sum|_seconds_total)\{/.test(this.#texts[index] ?? "");
    return isWhole ? Math.floor(value) : Number(value.toPrecision(9));
  }
}

/** As OpenMetrics writes bounds: `2` is `2.0`. */
const boundText = (bound: number) => (Number.isInteger(bound) ? bound.toFixed(1) : String(bound));

const textOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(",");

/** Of a log-normal spread, by the logistic curve that is at most 0.01 from the normal one. */
function shareBelow(bound: number, median: number, sigma: number): number {
  return 1 / (1 + Math.exp((-1.702 * Math.log(bound / median)) / sigma));
}
