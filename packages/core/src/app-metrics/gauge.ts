import type { Diagnostics } from "../base/diagnostics.ts";
import type { Aggregation, GaugeDefinition } from "../catalogue/row.ts";
import { type GaugeMetric, ReadGauge } from "../instruments/gauge.ts";
import { keyOfTexts, LabelLimiter } from "../instruments/label-values.ts";
import type { CallValidation, PlainLabels } from "./call-validation.ts";
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

export function gaugeHandle(metric: GaugeMetric<GaugeDefinition>, calls: CallValidation): GaugeHandle<never> {
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

type ReadSeries = readonly [PlainLabels, number | undefined];

/** A gauge whose values the app's `read` returns at each scrape. A fault of the app's costs this metric its samples, and no other. */
export function makeReadGauge(
  definition: GaugeDefinition,
  read: () => unknown,
  { calls, dropped, diagnostics }: { calls: CallValidation; dropped: () => void; diagnostics: Diagnostics },
): ReadGauge<GaugeDefinition> {
  const limiter = new LabelLimiter(definition.labels, dropped);
  const hasLabels = Object.keys(definition.labels).length > 0;
  const what = `reading ${definition.name}`;
  const collect = (): ReadSeries[] => {
    // guarded by itself: it may hand over a promise, whose rejection would be nobody's
    const given = diagnostics.guard("registry", what, read);
    if (given === undefined) return [];
    if (!hasLabels) return [[{}, calls.number([given])]];
    const readings = new Map<string, ReadSeries>();
    for (const { labels, value } of given as Iterable<Readonly<Record<string, unknown>>>) {
      const texts = calls.check(labels);
      const number = texts && calls.number([value]);
      if (texts === undefined || number === undefined) continue;
      const values = limiter.admit(texts, true);
      if (!limiter.isOver(texts)) readings.set(keyOfTexts(values), [limiter.labelsOf(values), number]);
    }
    return [...readings.values()];
  };
  return new ReadGauge(definition, () => diagnostics.guard("registry", what, collect) ?? []);
}

/** What is read cannot be set: TypeScript knows it, and from elsewhere it is reported. */
export function readGaugeHandle(name: string, calls: CallValidation): GaugeHandle<never> {
  const set = () => calls.refuse("by the app, though it is read at each scrape");
  return { name, set, add: set, bind: () => ({ set, add: set }) };
}
