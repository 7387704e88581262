import type { Aggregation } from "../catalogue/row.ts";
import type { Calls } from "./calls.ts";
import type { KeptGauge } from "./kept-gauge.ts";
import type { Given, LabelDefinitions, LabelValues, NoLabels } from "./labels.ts";

export interface GaugeOptions<Labels extends LabelDefinitions = NoLabels> {
  /** Letters, digits and `_`, with its unit at the end: `chat_upload_queue_bytes`. Not `genai_app_…`. */
  readonly name: string;
  /** What it measures, in words: the `# HELP` line. */
  readonly help: string;
  /** @default none */
  readonly labels?: Labels;
  /** What several processes' values become: adding a ratio or a limit up is wrong, and `omit` leaves it out. @default "sum" */
  readonly aggregation?: Aggregation;
  readonly read?: undefined;
}

/** A gauge that is read, without labels. */
export interface ReadGaugeOptions extends Omit<GaugeOptions, "labels" | "read"> {
  readonly labels?: undefined;
  /**
   * Asked at each scrape, and not waited for: a promise is no reading. `undefined` is unknown, and absent. Where it throws, that is reported
   * and this metric alone has no samples.
   */
  readonly read: () => number | undefined;
}

/** A gauge that is read, with labels. */
export interface ReadGaugesOptions<Labels extends LabelDefinitions> extends Omit<GaugeOptions, "labels" | "read"> {
  readonly labels: Labels;
  /**
   * Asked at each scrape, and not waited for. What is not in its answer is absent. Of labels that come twice the last value counts; those
   * with a value over its cap are left out, and counted.
   */
  readonly read: () => Iterable<Reading<LabelValues<NoInfer<Labels>>>>;
}

export interface Reading<Values> {
  readonly labels: Values;
  /** What is unknown is `undefined`, and absent. */
  readonly value: number | undefined;
}

/** One series of a gauge, found once. */
export interface GaugeSeries {
  /** Sets the value. What is not finite is left out. */
  set(value: number): void;
  /** Adds 1, or `amount`, which may be negative. What is not finite is left out. */
  add(...args: [] | [amount: number]): void;
}

/** A figure that rises and falls. A series is there once something was recorded. No method throws. */
export interface GaugeHandle<Values = NoLabels> {
  readonly name: string;
  /**
   * Sets the value. What is not finite is left out, and so is what has a label over its cap, since one `other` cannot have the values of
   * many: `genai_app_series_dropped_total` counts it.
   */
  set(...args: Given<Values, [value: number]>): void;
  /** Adds 1, or `amount`, which may be negative. What is not finite is left out; what is over a cap is added to `other`. */
  add(...args: Given<Values, [] | [amount: number]>): void;
  /** The series of these labels: for what is recorded often. */
  bind(...args: Given<Values, []>): GaugeSeries;
}

/** A figure that is read when somebody asks. */
export interface ReadGaugeHandle {
  readonly name: string;
}

export function gaugeHandle(metric: KeptGauge, calls: Calls): GaugeHandle<never> {
  const seriesOf = (args: readonly unknown[]): GaugeSeries | undefined => {
    const labels = calls.labels(args);
    if (labels === undefined) return undefined;
    return {
      set(...rest: readonly unknown[]) {
        const value = calls.number(rest);
        if (value !== undefined) metric.set(labels, value);
      },
      add(...rest: readonly unknown[]) {
        const amount = calls.number(rest, 1);
        if (amount !== undefined) metric.add(labels, amount);
      },
    };
  };
  return {
    name: metric.rowName,
    set: (...args: readonly unknown[]) => seriesOf(args)?.set(...(calls.rest(args) as [number])),
    add: (...args: readonly unknown[]) => seriesOf(args)?.add(...(calls.rest(args) as [])),
    bind: (...args: readonly unknown[]) => seriesOf(args) ?? { set() {}, add() {} },
  };
}
