import type { CounterDefinition } from "../catalogue/row.ts";
import type { AdmittedValues } from "./label-values.ts";
import { type LabelsOf, Metric, type Sample } from "./metric.ts";
import { Series, samplesOf } from "./series.ts";

/** A count that only grows. */
export class CounterMetric<Row extends CounterDefinition> extends Metric<Row> {
  readonly #series: Series<{ value: number }>;
  /** What it held before it began anew, together. */
  readonly #before = { value: 0 };

  constructor(row: Row, dropped?: () => void, admitted?: AdmittedValues) {
    super(row);
    this.#series = new Series(row.labels, () => ({ value: 0 }), dropped, admitted);
  }

  /** Adds `amount`; what is not a finite number of 0 or more is left out. */
  add(labels: LabelsOf<Row>, amount = 1): void {
    if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY)) return;
    this.#series.at(labels).value += amount;
  }

  /** As `begin`, for values that are declared at run time: they are never `other`, whatever the labels' caps. */
  declare(labels: LabelsOf<Row>): void {
    this.#series.know(labels);
  }

  /** One series, found once: for what is recorded often. It begins at 0. */
  bind(labels: LabelsOf<Row>): (amount?: number) => void {
    const { cell, recorded } = this.#series.bind(labels);
    return (amount = 1) => {
      if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY)) return;
      cell.value += amount;
      recorded();
    };
  }

  /** Lets a known series begin at 0, so that `increase()` sees its first addition. */
  begin(labels: LabelsOf<Row>): void {
    this.#series.at(labels, false);
  }

  /** What the series that it has now were given together, whenever they begin anew. Who keeps the answer keeps neither this metric nor its registry. */
  reader(): () => number {
    return readerOf([this.#before, ...Array.from(this.#series.entries(), ({ cell }) => cell)]);
  }

  protected override clear(): void {
    for (const { cell } of this.#series.entries()) {
      this.#before.value += cell.value;
      cell.value = 0;
    }
  }

  protected override samples(): readonly Sample[][] {
    return [samplesOf(this.#series)];
  }
}

function readerOf(cells: readonly { readonly value: number }[]): () => number {
  return () => cells.reduce((total, { value }) => total + value, 0);
}

export type Count = (amount?: number) => void;

/** Runs what puts one value into one instrument: a fault of that costs no other value. */
export type PutGuard = (put: () => void) => void;

/** A counter's series, bound now so that it begins at 0. What cannot be bound is tried again with each addition. */
export function guardedCount(guard: PutGuard, bind: () => Count): Count {
  let bound: Count | undefined;
  guard(() => {
    bound = bind();
  });
  // caught where it stands: a guard would make a closure for each addition
  return (amount) => {
    try {
      bound ??= bind();
      bound(amount);
    } catch (error) {
      guard(() => {
        throw error;
      });
    }
  };
}
