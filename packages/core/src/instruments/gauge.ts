import type { GaugeDefinition } from "../catalogue/row.ts";
import type { LabelLimiter } from "./label-limiter.ts";
import { type LabelsOf, Metric, type Sample } from "./metric.ts";
import { Series, samplesOf } from "./series.ts";

/** A figure that rises and falls, kept here. */
export class GaugeMetric<Row extends GaugeDefinition> extends Metric<Row> {
  readonly #series: Series<{ value: number }>;

  /** The one cell of a metric without labels: what is asked for at each request costs no look-up. */
  readonly #only: { value: number } | undefined;

  constructor(row: Row) {
    super(row);
    this.#series = new Series(row.labels, () => ({ value: 0 }));
    this.#only = Object.keys(row.labels).length === 0 ? this.#series.at({}) : undefined;
  }

  add(labels: LabelsOf<Row>, amount: number): void {
    (this.#only ?? this.#series.at(labels)).value += amount;
  }

  read(labels: LabelsOf<Row>): number {
    return this.#series.at(labels).value;
  }

  /** A gauge says what is: what is in flight stays in flight when counters are reset. */
  protected override clear(): void {}

  protected override samples(): readonly Sample[][] {
    return [samplesOf(this.#series)];
  }
}

/** A figure that is read when somebody asks. What cannot be told is absent. */
export class ReadGauge<Row extends GaugeDefinition> extends Metric<Row> {
  readonly #read: () => Iterable<readonly [LabelsOf<Row>, number | undefined]>;
  readonly #limiter: LabelLimiter | undefined;

  /** @param limiter for labels that nothing bounds before they are read */
  constructor(row: Row, read: () => Iterable<readonly [LabelsOf<Row>, number | undefined]>, limiter?: LabelLimiter) {
    super(row);
    this.#read = read;
    this.#limiter = limiter;
  }

  protected override clear(): void {}

  protected override samples(): readonly Sample[][] {
    const samples: Sample[] = [];
    for (const [labels, value] of this.#read()) {
      if (value !== undefined && Number.isFinite(value)) samples.push({ labels: this.#bounded(labels), value });
    }
    return [samples];
  }

  #bounded(labels: LabelsOf<Row>): Sample["labels"] {
    const limiter = this.#limiter;
    return limiter === undefined ? labels : limiter.labelsOf(limiter.admit(labels, true));
  }
}
