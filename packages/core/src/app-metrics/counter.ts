import type { CounterDefinition } from "../catalogue/row.ts";
import type { CounterMetric } from "../instruments/counter.ts";
import type { CallValidation, PlainLabels } from "./call-validation.ts";
import type { Given, LabelDefinitions, NoLabels } from "./labels.ts";

export interface CounterOptions<Labels extends LabelDefinitions = NoLabels> {
  /** Letters, digits and `_`; ends in `_total`, with its unit before: `chat_upload_bytes_total`. Not `genai_app_…`. */
  readonly name: string;
  /** What it counts, in words: the `# HELP` line. */
  readonly help: string;
  /** @default none */
  readonly labels?: Labels;
}

/** One series of a counter, found once. */
export interface CounterSeries {
  /** Adds 1, or `amount`. What is not a finite number of 0 or more is left out. */
  add(...args: [] | [amount: number]): void;
}

/** A count that only grows. Over several processes it is the sum. No method throws. */
export interface CounterHandle<Values = NoLabels> {
  readonly name: string;
  /** Adds 1, or `amount`. What is not a finite number of 0 or more is left out. Wrong labels are reported, and nothing is added. */
  add(...args: Given<Values, [] | [amount: number]>): void;
  /** The series of these labels, found once: for what is recorded often. It begins at 0. */
  bind(...args: Given<Values, []>): CounterSeries;
}

export function counterHandle(metric: CounterMetric<CounterDefinition>, calls: CallValidation): CounterHandle<never> {
  return {
    name: metric.rowName,
    add(...args: readonly unknown[]) {
      const labels = calls.labels(args);
      if (labels === undefined) return;
      const amount = calls.number(calls.rest(args), 1);
      if (amount !== undefined) metric.add(labels, amount);
    },
    bind(...args: readonly unknown[]) {
      const labels = calls.labels(args);
      if (labels === undefined) return { add() {} };
      const add = metric.bind(labels);
      return {
        add(...rest) {
          const amount = calls.number(rest, 1);
          if (amount !== undefined) add(amount);
        },
      };
    },
  };
}

/** As many series as a counter begins with: lists that make more of them are seldom all used. */
const most = 100;

/** A counter whose label values are all known begins at 0, so that `increase()` sees each series' first addition. */
export function beginKnownLabels(metric: CounterMetric<CounterDefinition>, { labels }: CounterDefinition): void {
  let sets: PlainLabels[] = [{}];
  for (const [name, { values }] of Object.entries(labels)) {
    if (values === undefined || sets.length * values.length > most) return;
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
  }
  for (const set of sets) metric.begin(set);
}
