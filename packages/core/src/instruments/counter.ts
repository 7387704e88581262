import type { CounterDefinition } from "../catalogue/row.ts";
import type { AdmittedValues } from "./label-values.ts";
import { type LabelsOf, Metric, type Sample, type UnderWay } from "./metric.ts";
import { Series } from "./series.ts";

interface Cell {
  /** What was recorded. */
  value: number;
  /** What the answers under way add to it, at the last look. */
  underWay: number;
  /** The largest that was ever handed out. */
  shown: number;
}

/** What a series showed and has not, by now: an engine's final count was lower than what a scrape had found. */
export interface Debt {
  readonly labels: Readonly<Record<string, string>>;
  readonly amount: number;
}

/**
 * A count that only grows. One that counts as tokens pass is, to whoever reads it, what was recorded and what the answers under way have so far:
 * looked up when somebody reads. What was once read is never taken back, whatever is recorded in the end.
 */
export class CounterMetric<Row extends CounterDefinition> extends Metric<Row> {
  readonly #series: Series<Cell>;
  #underWay: UnderWay<Row, number> | undefined;
  /** What it held before it began anew, together. */
  readonly #before = { value: 0 };

  constructor(row: Row, dropped?: () => void, admitted?: AdmittedValues) {
    super(row);
    const create = (): Cell => ({ value: 0, underWay: 0, shown: 0 });
    this.#series = new Series(row.labels, create, dropped, admitted, row.together);
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

  /** From now on it counts what is under way, too. */
  countUnderWay(underWay: UnderWay<Row, number>): void {
    this.#underWay = underWay;
  }

  /** The series that owe something: what is recorded next pays it before they grow. */
  debts(): Debt[] {
    const owing: Debt[] = [];
    this.#look();
    for (const { labels, cell } of this.#series.entries()) {
      const amount = cell.shown - cell.value - cell.underWay;
      if (amount > 0) owing.push({ labels, amount });
    }
    return owing;
  }

  /** What the series that it has now were given together, whenever they begin anew. Who keeps the answer keeps neither this metric nor its registry. */
  reader(): () => number {
    return readerOf([this.#before, ...Array.from(this.#series.entries(), ({ cell }) => cell)]);
  }

  /** What passed before is not counted after, when the answers under way end. */
  protected override clear(): void {
    this.#look();
    for (const { cell } of this.#series.entries()) {
      this.#before.value += cell.value + cell.underWay;
      cell.value = 0 - cell.underWay;
      cell.shown = 0;
    }
  }

  protected override samples(): readonly Sample[][] {
    this.#look();
    return [Array.from(this.#series.entries(), ({ labels, cell }) => ({ labels, value: shownOf(cell) }))];
  }

  #look(): void {
    if (this.#underWay === undefined) return;
    for (const { cell } of this.#series.entries()) cell.underWay = 0;
    this.#underWay((labels, amount) => {
      this.#series.at(labels, false).underWay += amount;
    });
  }
}

function shownOf(cell: Cell): number {
  cell.shown = Math.max(cell.shown, cell.value + cell.underWay);
  return cell.shown;
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
