import type { GaugeDefinition } from "../catalogue/row.ts";
import { Metric, type Sample } from "../instruments/metric.ts";
import { Series, samplesOf } from "../instruments/series.ts";
import type { PlainLabels } from "./calls.ts";

/** A figure that the app sets, with no series before it does: 0 would be a guess. */
export class KeptGauge extends Metric<GaugeDefinition> {
  readonly #series: Series<{ value: number }>;

  constructor(definition: GaugeDefinition, dropped: () => void) {
    super(definition);
    this.#series = new Series(definition.labels, () => ({ value: 0 }), dropped);
  }

  /** What is over a cap is left out: one series cannot have the values of many. */
  set(labels: PlainLabels, value: number): void {
    const cell = this.#series.within(labels);
    if (cell !== undefined) cell.value = value;
  }

  add(labels: PlainLabels, amount: number): void {
    this.#series.at(labels).value += amount;
  }

  /** A gauge says what is: it stays when counters are reset. */
  protected override clear(): void {}

  protected override samples(): readonly Sample[][] {
    return [samplesOf(this.#series)];
  }
}
