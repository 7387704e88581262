import { types } from "node:util";
import type { Clock } from "../base/time.ts";
import type { HistogramDefinition } from "../catalogue/row.ts";
import type { BoundHistogram, ExemplarLabels, HistogramMetric } from "../instruments/histogram.ts";
import type { CallValidation } from "./call-validation.ts";
import type { Given, LabelDefinitions, NoLabels } from "./labels.ts";

export interface HistogramOptions<Labels extends LabelDefinitions = NoLabels> {
  /** Letters, digits and `_`, with its unit at the end: `chat_search_seconds`. Not `genai_app_…`. */
  readonly name: string;
  /** What it measures, in words: the `# HELP` line. */
  readonly help: string;
  /** @default none */
  readonly labels?: Labels;
  /** Upper bounds of the buckets, ascending, in the metric's unit, 0 or more; `+Inf` is added. @default 0.001 to 160, for seconds */
  readonly bounds?: readonly number[];
}

/** One series of a histogram, found once. */
export interface HistogramSeries {
  /** Records a value. What is not a finite number of 0 or more is left out. */
  observe(value: number): void;
  /** Runs `action` and observes the seconds that it took, whatever its end. */
  time<Result>(action: () => Result): Result;
}

/**
 * A distribution over buckets; over several processes each bucket is the sum. Inside a sampled span a value carries the span's ids as its
 * exemplar. No method throws, but for what a timed action throws.
 */
export interface HistogramHandle<Values = NoLabels> {
  readonly name: string;
  /** Records a value. What is not a finite number of 0 or more is left out. Wrong labels are reported, and nothing is recorded. */
  observe(...args: Given<Values, [value: number]>): void;
  /**
   * Runs `action` and observes the seconds that it took until it returned or threw; of a promise, until that was settled.
   * @returns what `action` returned; of a promise one of its own with the same outcome, so that Node still reports an unhandled rejection
   */
  time<Result>(...args: Given<Values, [action: () => Result]>): Result;
  /** The series of these labels, found once: for what is recorded often. It begins at 0. */
  bind(...args: Given<Values, []>): HistogramSeries;
}

export interface HistogramSurroundings {
  readonly calls: CallValidation;
  readonly clock: Clock;
  /** By which labels the trace of what runs now is found. */
  readonly exemplar: () => ExemplarLabels | undefined;
}

export function histogramHandle(
  metric: HistogramMetric<HistogramDefinition>,
  { calls, clock, exemplar }: HistogramSurroundings,
): HistogramHandle<never> {
  const seriesOf = (record: BoundHistogram["observe"] | undefined): HistogramSeries => ({
    observe(...rest: readonly unknown[]) {
      const value = record && calls.number(rest);
      if (value !== undefined) record?.(value, exemplar());
    },
    time(action) {
      if (record === undefined) return action();
      return timed(action, clock, (seconds) => record(seconds, exemplar()));
    },
  });
  const once = (args: readonly unknown[]) => {
    const labels = calls.labels(args);
    return seriesOf(labels && ((value, exemplarLabels) => metric.observe(labels, value, exemplarLabels)));
  };
  return {
    name: metric.rowName,
    observe: (...args: readonly unknown[]) => once(args).observe(...(calls.rest(args) as [number])),
    time: (...args: readonly unknown[]) => once(args).time(...(calls.rest(args) as [() => never])),
    bind: (...args: readonly unknown[]) => {
      const labels = calls.labels(args);
      return seriesOf(labels && metric.bind(labels).observe);
    },
  };
}

/** Runs `action` and notifies of the seconds that it took, once, whatever its end. */
export function timed<Result>(action: () => Result, clock: Clock, notify: (seconds: number) => void): Result {
  const began = clock.now();
  const end = () => notify((clock.now() - began) / 1000);
  let isPending = false;
  // no `catch`: an error thrown again from here would crash the app with our line shown in the place of the app's
  try {
    const result = action();
    if (!types.isPromise(result)) return result;
    isPending = true;
    return result.finally(end) as Result;
  } finally {
    if (!isPending) end();
  }
}
