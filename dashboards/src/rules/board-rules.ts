import { catalogue, type HistogramRow } from "@aiwatch/core";
import { promqlBuilders } from "../promql/builders.ts";
import { outside } from "../promql/outside-series.ts";
import { maxBy, sumBy, type Vector } from "../promql/vector.ts";
import { isOurs } from "./alerts/our-jobs.ts";
import { type RecordedSeries, recorded } from "./recorded.ts";
import { promql, type RecordingRule, type RuleGroup, series } from "./rule.ts";
import { interval } from "./slo-rules.ts";

const window = "5m";
const { perSecond } = promqlBuilders({ window });

const rule = ({ name }: RecordedSeries, { promql: expr }: Vector): RecordingRule => ({ record: name, expr });

/** The histogram's buckets, put together by the labels of the series that is made of them. */
function bucketRule(made: RecordedSeries, { name }: HistogramRow): RecordingRule {
  return rule(made, sumBy({ promql: `rate(${name}_bucket[${window}])`, labels: made.labels }, ...made.labels));
}

const presence = series(catalogue.activeRequests).promql;

/** Remembered from evaluation to evaluation, which costs less than a look back over a day; an hour of it, so that Prometheus may be restarted. */
const lastShown = promql`
  max by (job, instance) (timestamp(${presence}))
  or
  last_over_time(${recorded.lastShown.name}[1h]) and on (job, instance) up
  or
  0 * max by (job, instance) (up == 1) and on (job) ${isOurs}`;

/** Of our processes alone: others in the same Prometheus have this gauge, too. */
export const memoryRule: RecordingRule = {
  record: recorded.memoryPeak.name,
  expr: `max by (job, instance) (max_over_time(${outside.processMemory.name}[5m]) and on (job, instance) ${presence})`,
};

const ofModel = ["job", "model"] as const;

/** What boards and alerts read in place of the series of each process. */
export const boardGroup: RuleGroup = {
  name: "aiwatch-boards",
  interval,
  rules: [
    bucketRule(recorded.requestFirstTokenBuckets, catalogue.requestFirstToken),
    bucketRule(recorded.firstTokenBuckets, catalogue.firstTokenLatency),
    bucketRule(recorded.timePerOutputTokenBuckets, catalogue.timePerOutputToken),
    bucketRule(recorded.interTokenBuckets, catalogue.interTokenLatency),
    bucketRule(recorded.queueTimeBuckets, catalogue.queueTime),
    bucketRule(recorded.modelLatencyBuckets, catalogue.modelLatency),
    bucketRule(recorded.eventLoopDelayBuckets, catalogue.eventLoopDelay),
    rule(recorded.inferences, sumBy(perSecond(catalogue.inferences), ...ofModel)),
    rule(recorded.inferencesByFinishReason, sumBy(perSecond(catalogue.inferences), ...ofModel, "finish_reason")),
    rule(recorded.chatTokens, sumBy(perSecond(catalogue.chatTokens), ...ofModel, "direction")),
    rule(recorded.queuedInferences, sumBy(series(catalogue.queuedInferences), ...ofModel)),
    rule(recorded.activeInferences, sumBy(series(catalogue.activeInferences), ...ofModel)),
    rule(recorded.kvCacheUsage, maxBy(series(catalogue.kvCacheUsage), ...ofModel)),
    // every process has this gauge from its start, traffic or not
    { record: recorded.processes.name, expr: `count by (job) (${presence})` },
    { record: recorded.lastShown.name, expr: lastShown },
  ],
};
