import type { GaugeDefinition } from "../catalogue/row.ts";
import type { AdmittedValues, LabelLimiter } from "./label-values.ts";
import { type LabelsOf, Metric, type Sample } from "./metric.ts";
import { Series, samplesOf } from "./series.ts";

/** A figure that rises and falls, kept here. A series begins with its first recording, or with `begin`: 0 before that would be a guess. */
export class GaugeMetric<Row extends GaugeDefinition> extends Metric<Row> {
  readonly #series: Series<{ value: number }>;
  readonly #hasLabels: boolean;
  /** The one cell of a metric without labels: a figure that every request changes costs no look-up. */
  #only: { value: number } | undefined;

  constructor(row: Row, dropped?: () => void, admitted?: AdmittedValues) {
    super(row);
    this.#series = new Series(row.labels, () => ({ value: 0 }), dropped, admitted);
    this.#hasLabels = Object.keys(row.labels).length > 0;
  }

  /** Sets the value. What is over a label's cap is left out: one series cannot have the values of many. */
  set(labels: LabelsOf<Row>, value: number): void {
    const cell = this.#series.within(labels);
    if (cell !== undefined) cell.value = value;
  }

  add(labels: LabelsOf<Row>, amount: number): void {
    (this.#only ?? this.#cellAt(labels)).value += amount;
  }

  /** One series, found once: for what changes often. It begins at 0. */
  bind(labels: LabelsOf<Row>): (amount: number) => void {
    const { cell, recorded } = this.#series.bind(labels);
    return (amount) => {
      cell.value += amount;
      recorded();
    };
  }

  /** Lets a known series begin at 0. */
  begin(labels: LabelsOf<Row>): void {
    this.#series.at(labels, false);
  }

  read(labels: LabelsOf<Row>): number {
    return this.#cellAt(labels).value;
  }

  #cellAt(labels: LabelsOf<Row>): { value: number } {
    const cell = this.#series.at(labels);
    if (!this.#hasLabels) this.#only = cell;
    return cell;
  }

  /** A gauge says what is: what is in flight stays in flight when counters are reset. */
  protected override clear(): void {}

  protected override samples(): readonly Sample[][] {
    return [samplesOf(this.#series)];
  }
}

/** A figure that is read at each scrape. An unknown value is absent. */
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
