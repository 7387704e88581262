import { calendarMs } from "../base/time.ts";
import { bucketOf } from "../catalogue/bounds.ts";
import type { HistogramDefinition } from "../catalogue/row.ts";
import type { RequestFigures } from "../request/record.ts";
import type { AdmittedValues } from "./label-values.ts";
import { type Exemplar, type LabelsOf, Metric, type Sample, type UnderWay } from "./metric.ts";
import { Series } from "./series.ts";

interface Tally {
  /** Observations of each bucket alone; the last one is over every bound. */
  readonly counts: Float64Array;
  sum: number;
}

/** What was recorded. */
interface Cell extends Tally {
  readonly exemplars: (KeptExemplar | undefined)[];
  /** What the answers under way add to it, at the last look; absent until there was something. */
  underWay?: Tally;
  /** The largest sum that was ever handed out: terms that are added in another order differ in their last digits. */
  shownSum: number;
}

/** The newest of a bucket, written over by the next: a new one for each observation would be garbage. A scrape gets a copy. */
type KeptExemplar = { -readonly [Key in keyof Exemplar]: Exemplar[Key] };

export type ExemplarLabels = Readonly<Record<string, string>>;

/** Values that were sorted into the row's buckets somewhere else. */
export interface CountedValues {
  /** How many fell into each bucket; the last one is over every bound. */
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly max: number;
}

/** One value, or several that are sorted. */
export type Observed = number | Pick<CountedValues, "buckets" | "sum">;

/** One series of a histogram. */
export interface BoundHistogram {
  /** Records `value`; what is not a finite number of 0 or more is left out. */
  observe(value: number, exemplarLabels?: ExemplarLabels): void;
  /** Adds values that were counted before; the exemplar is that of the largest. */
  merge(counted: CountedValues, exemplarLabels?: ExemplarLabels): void;
}

/**
 * A distribution over the row's bounds, with an exemplar for each bucket. One that measures as tokens pass holds, to whoever reads it, what the
 * answers under way have so far, too.
 */
export class HistogramMetric<Row extends HistogramDefinition> extends Metric<Row> {
  readonly #series: Series<Cell>;
  #underWay: UnderWay<Row, Observed> | undefined;

  constructor(row: Row, dropped?: () => void, admitted?: AdmittedValues) {
    super(row);
    const buckets = row.bounds.length + 1;
    const create = (): Cell => ({
      counts: new Float64Array(buckets),
      exemplars: new Array(buckets),
      sum: 0,
      shownSum: 0,
    });
    this.#series = new Series(row.labels, create, dropped, admitted, row.together);
  }

  /** Lets a known series begin at 0, so that `increase()` sees its first value. */
  begin(labels: LabelsOf<Row>): void {
    this.#series.at(labels, false);
  }

  /** From now on it holds what is under way, too. */
  countUnderWay(underWay: UnderWay<Row, Observed>): void {
    this.#underWay = underWay;
  }

  /** Records `value`; what is not a finite number of 0 or more is left out. */
  observe(labels: LabelsOf<Row>, value: number, exemplarLabels?: ExemplarLabels): void {
    if (isMeasured(value)) this.#add(this.#series.at(labels), value, exemplarLabels);
  }

  /** One series, found once: for what is recorded often. */
  bind(labels: LabelsOf<Row>): BoundHistogram {
    const { cell, recorded } = this.#series.bind(labels);
    return {
      observe: (value, exemplarLabels) => {
        if (!isMeasured(value)) return;
        this.#add(cell, value, exemplarLabels);
        recorded();
      },
      merge: (counted, exemplarLabels) => {
        this.#merge(cell, counted, exemplarLabels);
        recorded();
      },
    };
  }

  #add(cell: Cell, value: number, labelSet: ExemplarLabels | undefined): void {
    const bucket = bucketOf(this.row.bounds, value);
    add(cell, bucket, value);
    if (labelSet !== undefined) keepExemplar(cell, bucket, labelSet, value);
  }

  #merge(cell: Cell, counted: CountedValues, labelSet: ExemplarLabels | undefined): void {
    merge(cell, counted);
    const { max } = counted;
    if (labelSet !== undefined) keepExemplar(cell, bucketOf(this.row.bounds, max), labelSet, max);
  }

  /** What passed before is not counted after, when the answers under way end. */
  protected override clear(): void {
    this.#look();
    for (const { cell } of this.#series.entries()) {
      for (let bucket = 0; bucket < cell.counts.length; bucket += 1) {
        cell.counts[bucket] = 0 - (cell.underWay?.counts[bucket] ?? 0);
      }
      cell.exemplars.fill(undefined);
      cell.sum = 0 - (cell.underWay?.sum ?? 0);
      cell.shownSum = 0;
    }
  }

  protected override *samples(): Generator<readonly Sample[], void, void> {
    if (this.#underWay === undefined) {
      for (const { labels, cell } of this.#series.entries()) yield this.#samplesOf(labels, cell);
      return;
    }
    // at once: an answer that ended between two pieces would be in it twice
    this.#look();
    yield Array.from(this.#series.entries()).flatMap(({ labels, cell }) => this.#samplesOf(labels, cell));
  }

  #look(): void {
    if (this.#underWay === undefined) return;
    for (const { cell } of this.#series.entries()) {
      if (cell.underWay === undefined) continue;
      cell.underWay.counts.fill(0);
      cell.underWay.sum = 0;
    }
    this.#underWay((labels, observed) => this.#addUnderWay(labels, observed));
  }

  #addUnderWay(labels: LabelsOf<Row>, observed: Observed): void {
    if (typeof observed === "number" && !isMeasured(observed)) return;
    const cell = this.#series.at(labels, false);
    cell.underWay ??= { counts: new Float64Array(cell.counts.length), sum: 0 };
    if (typeof observed === "number") add(cell.underWay, bucketOf(this.row.bounds, observed), observed);
    else merge(cell.underWay, observed);
  }

  #samplesOf(labels: Readonly<Record<string, string>>, cell: Cell): readonly Sample[] {
    const samples: Sample[] = [];
    const { bounds, name } = this.row;
    const bucketName = `${name}_bucket`;
    let cumulative = 0;
    for (let index = 0; index <= bounds.length; index += 1) {
      cumulative += (cell.counts[index] ?? 0) + (cell.underWay?.counts[index] ?? 0);
      const le = bounds[index] ?? "+Inf";
      const kept = cell.exemplars[index];
      const exemplar = kept && { ...kept };
      samples.push({ metricName: bucketName, labels: { ...labels, le }, value: cumulative, exemplar });
    }
    cell.shownSum = Math.max(cell.shownSum, cell.sum + (cell.underWay?.sum ?? 0));
    samples.push({ metricName: `${name}_sum`, labels, value: cell.shownSum });
    samples.push({ metricName: `${name}_count`, labels, value: cumulative });
    return samples;
  }
}

function add(into: Tally, bucket: number, value: number): void {
  into.counts[bucket] = (into.counts[bucket] ?? 0) + 1;
  into.sum += value;
}

function merge(into: Tally, { buckets, sum }: Pick<CountedValues, "buckets" | "sum">): void {
  for (let bucket = 0; bucket < into.counts.length; bucket += 1) {
    into.counts[bucket] = (into.counts[bucket] ?? 0) + (buckets[bucket] ?? 0);
  }
  into.sum += sum;
}

function keepExemplar(cell: Cell, bucket: number, labelSet: ExemplarLabels, value: number): void {
  const timestamp = calendarMs() / 1000;
  const kept = cell.exemplars[bucket];
  if (kept === undefined) {
    cell.exemplars[bucket] = { labelSet, value, timestamp };
    return;
  }
  kept.labelSet = labelSet;
  kept.value = value;
  kept.timestamp = timestamp;
}

function isMeasured(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}

/**
 * The labels by which a dashboard finds the trace of what fell into a bucket; nothing where there is no trace, or nobody keeps it: such an
 * exemplar would lead nowhere, and take the place of one that leads somewhere.
 */
export function exemplarLabels({
  traceId,
  spanId,
  sampled,
}: Pick<RequestFigures, "traceId" | "spanId" | "sampled">): Readonly<Record<string, string>> | undefined {
  if (traceId === undefined || spanId === undefined || sampled !== true) return undefined;
  return { trace_id: traceId, span_id: spanId };
}
