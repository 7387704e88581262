import type { JointCap, LabelRule } from "../catalogue/row.ts";
import { type AdmittedValues, keyOfTexts, LabelLimiter } from "./label-values.ts";
import type { Sample } from "./metric.ts";

interface Entry<Cell> {
  readonly labels: Readonly<Record<string, string>>;
  readonly cell: Cell;
}

/** A metric's series: one cell for each set of label values, within the labels' caps. */
export class Series<Cell> {
  readonly #entries = new Map<string, Entry<Cell>>();
  readonly #limiter: LabelLimiter;
  readonly #create: () => Cell;
  readonly #dropped: () => void;

  constructor(
    rules: Readonly<Record<string, LabelRule>>,
    create: () => Cell,
    dropped?: () => void,
    admitted?: AdmittedValues,
    together?: JointCap,
  ) {
    this.#dropped = dropped ?? nothing;
    this.#limiter = new LabelLimiter(rules, this.#dropped, admitted, together);
    this.#create = create;
  }

  /** @param isRecording false where the series only begins: nothing is dropped then */
  at(labels: Readonly<Record<string, string>>, isRecording = true): Cell {
    return this.#cellAt(this.#limiter.admit(labels, isRecording));
  }

  /** Begins the series of values that are known, past the labels' caps. */
  know(labels: Readonly<Record<string, string>>): void {
    this.#limiter.know(labels);
    this.at(labels, false);
  }

  /** The cell of labels that are all within their caps; `undefined` where one is over its cap, which counts as dropped. */
  within(labels: Readonly<Record<string, string>>): Cell | undefined {
    const values = this.#limiter.admit(labels, true);
    return this.#limiter.isOver(labels) ? undefined : this.#cellAt(values);
  }

  /** The cell of a label set, found once and kept: what is recorded there costs no look-up. It begins the series. */
  bind(labels: Readonly<Record<string, string>>): { readonly cell: Cell; readonly recorded: () => void } {
    const cell = this.at(labels, false);
    const recorded = this.#limiter.isOver(labels) ? this.#dropped : nothing;
    return { cell, recorded };
  }

  entries(): IterableIterator<Entry<Cell>> {
    return this.#entries.values();
  }

  #cellAt(values: readonly string[]): Cell {
    const key = keyOfTexts(values);
    const known = this.#entries.get(key);
    if (known !== undefined) return known.cell;
    const cell = this.#create();
    this.#entries.set(key, { labels: this.#limiter.labelsOf(values), cell });
    return cell;
  }
}

/** The values of a metric that has one for each of its series. */
export function samplesOf(series: Series<{ readonly value: number }>): Sample[] {
  return Array.from(series.entries(), ({ labels, cell }) => ({ labels, value: cell.value }));
}

function nothing(): void {}
