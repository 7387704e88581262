import { catalogue, type GaugeRow, type HistogramRow } from "@aiwatch/core";
import { promqlBuilders } from "../../promql/builders.ts";
import { maxBy, sumBy } from "../../promql/vector.ts";
import { recorded } from "../recorded.ts";
import { type Alert, promql, series } from "../rule.ts";
import { completedAnswers } from "./answers.ts";

const { increase } = promqlBuilders({ window: "5m" });
const observed = ({ name }: HistogramRow, by: string, range: string) =>
  `sum by (${by}) (increase(${name}_count[${range}]))`;

const byProcess = ["job", "instance", "model"] as const;
const lastToken = maxBy(series(catalogue.lastTokenAge), ...byProcess);
const oldest = maxBy(series(catalogue.oldestInference), ...byProcess);
/** Answers in one piece show no first token while they are made. Where some complete, the engine works; where tokens were seen and stopped, it says nothing. */
const answered = sumBy(completedAnswers("5m"), ...byProcess);

const ofModel = (row: GaugeRow) => sumBy(series(row), ...byProcess).promql;
const active = ofModel(catalogue.activeInferences);
/**
 * Who looks at an answer of that model which does not go on: one reader at night is a ticket, which AIWatchInferenceHangs is. Nobody sees who waits for a
 * model behind HTTP: all of its inferences are active.
 */
const waitingOn = `(${active} + ${ofModel(catalogue.queuedInferences)} or ${active})`;

const byQueue = ["job", "instance", "queue"] as const;
const inQueues = sumBy(series(catalogue.admissionWaiting), ...byQueue);
const admitted = sumBy(increase(catalogue.admissions, "2m", { outcome: "admitted" }), ...byQueue);
const generated = sumBy(increase(catalogue.chatTokens, "2m", { direction: "output" }), "job", "instance");
/**
 * The app's own line, where it has one. No queue says which model it is for: one that moves while the process generates tokens is another model's. It moves
 * without any, too, where those ahead give up.
 */
const inLine = `sum by (job, instance) (${inQueues.promql} unless (${admitted.promql} > 0 and on (job, instance) ${generated.promql} > 0))`;

const stalls: readonly Alert[] = [
  {
    name: "AIWatchGenerationStalled",
    severity: "critical",
    // a model that is waited for has tokens to give: embeddings and rankings have none, and a large batch of them is no stall.
    // llama.cpp in the process tells its decodes: while it evaluates a long prompt it is no stall that no token comes
    expr: promql`
      (
        ${lastToken} > 120
        or
        ${oldest} > 300 unless ${lastToken} unless ${answered} > 0
        and on (job, instance, model) ${catalogue.firstTokenWaits.name}
      )
      unless ${observed(catalogue.decodeBatchTokens, byProcess.join(", "), "2m")} > 0
      and on (job, instance, model) (
        ${waitingOn} + on (job, instance) group_left () ${inLine} >= 3
        or
        ${waitingOn} >= 3
      )`,
    for: "1m",
    summary:
      "{{ $labels.model }} on {{ $labels.instance }}: answers are under way, and no token came for {{ $value | humanizeDuration }}",
    description:
      "The engine hangs, the server behind it does, or a function that the model called does not return, and three readers or more of that model wait for it. Latency histograms cannot show it: they wait for the end.",
  },
  {
    name: "AIWatchInferenceHangs",
    severity: "warning",
    // the newest token is of the others: it does not tell of one that hangs among them
    expr: `${oldest.promql} > 1800`,
    for: "5m",
    summary:
      "{{ $labels.model }} on {{ $labels.instance }}: an inference has been under way for {{ $value | humanizeDuration }}",
    description:
      "It holds a sequence or a slot, and each one that never ends is one less for the others. Others may go on as usual.",
  },
  {
    name: "AIWatchEventLoopStalled",
    severity: "warning",
    // enough of it to judge: samples, or, where a loop is so late that it takes few of them, seconds
    expr: promql`
      histogram_quantile(0.99, ${recorded.eventLoopDelayBuckets.name}) > 0.5
      and on (job, instance) (
        ${observed(catalogue.eventLoopDelay, "job, instance", "5m")} >= 200
        or
        sum by (job, instance) (increase(${catalogue.eventLoopDelay.name}_sum[5m])) >= 10
      )`,
    for: "5m",
    summary:
      "{{ $labels.instance }} of {{ $labels.job }}: the event loop stalls for {{ $value | humanizeDuration }} (p99)",
    description:
      "Synchronous work blocks the process while answers stream. The gaps between tokens are the process's, not the model's.",
  },
];

const shifts = sumBy(increase(catalogue.contextShifts, "10m"), "job", "model");
const ended = sumBy(increase(catalogue.inferences, "10m"), "job", "model");
const meanUsage = `avg_over_time(${series(catalogue.kvCacheUsage, {}, "5m").promql})`;
const meanServerUsage = `avg_over_time(${series(catalogue.llamaCppServerKvCacheUsage, {}, "5m").promql})`;
const wasActive = `max_over_time(${series(catalogue.activeInferences, {}, "5m").promql})`;

const memory: readonly Alert[] = [
  {
    name: "AIWatchKVCacheSaturated",
    severity: "warning",
    // a context that is shifted again and again is between 90 and 100 % full
    expr: promql`
      max by (job, instance, model) (${meanUsage}) > 0.9
      and on (job, instance, model) ${wasActive} > 0
      or
      max by (job, server, model) (${meanServerUsage}) > 0.9`,
    for: "10m",
    summary:
      "{{ $labels.model }} on {{ or $labels.instance $labels.server }}: a sequence's KV cache is {{ $value | humanizePercentage }} full",
    description:
      "The oldest tokens are about to be evicted, or answers end early. A longer context, shorter histories, or fewer tokens an answer help.",
  },
  {
    name: "AIWatchContextShiftStorm",
    severity: "warning",
    expr: promql`
      ${shifts} >= 5
      unless ${shifts} <= 0.2 * ${ended}`,
    for: "5m",
    summary: '{{ $labels.model }} of {{ $labels.job }}: {{ $value | printf "%.0f" }} context shifts within 10 minutes',
    description:
      "More than one for five answers: each evaluates its context anew, which is slow, and forgets what was said first.",
  },
];

export const engineAlerts: readonly Alert[] = [...stalls, ...memory];
