import { catalogue, type HistogramRow } from "@aiwatch/core";
import { inBraces, type Matcher, type Scope, type Surrounding, within } from "../promql/select.ts";
import type { Vector } from "../promql/vector.ts";

/** What an objective is about: the values of the label `slo`. */
export const slos = ["first_token", "tpot", "inference_errors", "http_errors"] as const;
export type Slo = (typeof slos)[number];

/** Seconds between two evaluations of what is recorded: counts are reckoned with it. */
export const intervalSeconds = 30;

/** How far back a burn looks. */
export const burnWindows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;
export type BurnWindow = (typeof burnWindows)[number];

/** The windows whose events are counted. Five minutes are what they are counted from. */
export const countWindows = ["30m", "1h", "2h", "6h", "1d", "3d"] as const;
export type CountWindow = (typeof countWindows)[number];

/** How fast a budget may burn before somebody is told, and how many bad events that takes. */
export interface Pace {
  readonly times: number;
  readonly over: CountWindow;
  /** Without it an alert would go on for as long as the long window remembers. */
  readonly still: BurnWindow;
  /** Fewer bad events never burn that fast: a night's only chat is no statistics. */
  readonly atLeast: number;
}

/** Two paces that wake somebody, and two that wait for the next working day. */
export const paces = {
  fast: [
    { times: 14.4, over: "1h", still: "5m", atLeast: 5 },
    { times: 6, over: "6h", still: "30m", atLeast: 10 },
  ],
  slow: [
    { times: 3, over: "1d", still: "2h", atLeast: 10 },
    { times: 1, over: "3d", still: "6h", atLeast: 20 },
  ],
} as const satisfies Record<string, readonly Pace[]>;

/**
 * Bad events that a window's budget is at least, however few events there were: so many burn it at the pace that is told of. Half an event less,
 * since counts made of rates are not whole.
 */
export const leastBudgets: Readonly<Partial<Record<BurnWindow, number>>> = Object.fromEntries(
  [...paces.fast, ...paces.slow].map(({ times, over, atLeast }) => [
    over,
    Number(((atLeast - 0.5) / times).toFixed(4)),
  ]),
);

/** A series that the recording rules make, for boards and alerts to read in place of thousands. */
export interface RecordedSeries<Label extends string = string> {
  readonly name: string;
  /** The labels that it has. `http_errors` alone has no `model`. */
  readonly labels: readonly Label[];
  /** What one sample says. */
  readonly meaning: string;
}

const series = <const Labels extends readonly string[]>(
  name: string,
  labels: Labels,
  meaning: string,
): RecordedSeries<Labels[number]> => ({ name, labels, meaning });

const ofSlo = ["slo", "job", "model"] as const;
const ofModel = ["job", "model"] as const;

/** The buckets of a histogram of models without their instances: as many series a model, however many processes there are. */
const bucketsOf = ({ name }: HistogramRow) =>
  series(
    `job_model_le:${name}_bucket:rate5m`,
    [...ofModel, "le"],
    `Observations of \`${name}\` per second up to each bound, over 5 minutes, all processes together`,
  );

function leastBudgetSaid(window: BurnWindow): string {
  const least = leastBudgets[window];
  return least === undefined ? "" : `The budget is ${Number(least.toFixed(2))} bad events at least. `;
}

function byWindow<Window extends string>(
  windows: readonly Window[],
  make: (window: Window) => RecordedSeries<(typeof ofSlo)[number]>,
) {
  return Object.fromEntries(windows.map((window) => [window, make(window)])) as Record<Window, ReturnType<typeof make>>;
}

/** Every series that the recording rules make. */
export const recorded = {
  sloObjective: series(
    "aiwatch:slo_objective:ratio",
    ["slo"],
    "The part of all events that has to be good, 0 to 1. It has no job: one objective for all of them",
  ),
  sloEvents: series("aiwatch:slo_events:rate5m", ofSlo, "Events that an objective judges, per second, over 5 minutes"),
  sloBad: series("aiwatch:slo_bad:rate5m", ofSlo, "Those of them that missed it, per second, over 5 minutes"),
  sloBurn: byWindow(burnWindows, (window) =>
    series(
      `aiwatch:slo_burn:ratio${window}`,
      ofSlo,
      `How many times faster than it may the error budget was spent over ${window}: at 1 it lasts just as long as it has to. ${leastBudgetSaid(window)}A series without \`model\` is the objective over all models of a job. Absent without events`,
    ),
  ),
  sloEventsCount: byWindow(countWindows, (window) =>
    series(`aiwatch:slo_events:count${window}`, ofSlo, `Events that an objective judged within ${window}`),
  ),
  sloBadCount: byWindow(countWindows, (window) =>
    series(`aiwatch:slo_bad:count${window}`, ofSlo, `Events that missed the objective within ${window}`),
  ),
  requestFirstTokenBuckets: bucketsOf(catalogue.requestFirstToken),
  firstTokenBuckets: bucketsOf(catalogue.firstTokenLatency),
  timePerOutputTokenBuckets: bucketsOf(catalogue.timePerOutputToken),
  interTokenBuckets: bucketsOf(catalogue.interTokenLatency),
  queueTimeBuckets: bucketsOf(catalogue.queueTime),
  modelLatencyBuckets: bucketsOf(catalogue.modelLatency),
  eventLoopDelayBuckets: series(
    `job_instance_le:${catalogue.eventLoopDelay.name}_bucket:rate5m`,
    ["job", "instance", "le"],
    `Observations of \`${catalogue.eventLoopDelay.name}\` per second up to each bound, over 5 minutes`,
  ),
  inferences: series(
    "job_model:genai_app_inferences:rate5m",
    ofModel,
    "Inferences that ended, per second, over 5 minutes",
  ),
  inferencesByFinishReason: series(
    "job_model_finish_reason:genai_app_inferences:rate5m",
    [...ofModel, "finish_reason"],
    "The same by how they ended",
  ),
  chatTokens: series(
    "job_model_direction:genai_app_chat_tokens:rate5m",
    [...ofModel, "direction"],
    "Tokens of chats per second, over 5 minutes",
  ),
  queuedInferences: series(
    "job_model:genai_app_queued_inferences:sum",
    ofModel,
    "Inferences that wait for the engine, all processes together",
  ),
  activeInferences: series(
    "job_model:genai_app_active_inferences:sum",
    ofModel,
    "Inferences that are evaluated, all processes together",
  ),
  kvCacheUsage: series(
    "job_model:genai_app_llamacpp_kv_cache_usage_ratio:max",
    ofModel,
    "Part of the context in use, 0 to 1: the fullest sequence of all processes",
  ),
  processes: series("job:genai_app_processes:count", ["job"], "Processes that show AIWatch's metrics"),
  lastShown: series(
    "job_instance:genai_app_processes:last_shown",
    ["job", "instance"],
    "When the target last showed AIWatch's metrics, in seconds since 1970, for as long as Prometheus has the target; 0 of one that answers in the same job and never did: another program",
  ),
  memoryPeak: series(
    "job_instance:process_resident_memory_bytes:max5m",
    ["job", "instance"],
    "The most memory that a process with AIWatch's metrics had in RAM within 5 minutes, in bytes. Recorded every 5 minutes",
  ),
} as const;

/** The same as one list. */
export const recordedSeries: readonly RecordedSeries[] = Object.values(recorded).flatMap(
  (entry): readonly RecordedSeries[] => ("name" in entry ? [entry] : Object.values(entry)),
);

/**
 * A recorded series within a scope, whose matchers of labels that it lacks are left out. A matcher of a label that the scope limits as well takes its place.
 *
 * @example
 * selectRecorded(recorded.sloBurn["1h"], { job: { matching: "$job" } }, { slo: "first_token" }).promql;
 * // aiwatch:slo_burn:ratio1h{job=~"$job", slo="first_token"}
 */
export function selectRecorded<Label extends string>(
  { name, labels }: RecordedSeries<Label>,
  scope: Scope = {},
  matchers?: Readonly<Partial<Record<Label | Surrounding, Matcher>>>,
): Vector<Label> {
  const all: Record<string, Matcher | undefined> = { ...within(scope, labels), ...matchers };
  return { promql: `${name}${inBraces(Object.entries(all))}`, labels };
}
