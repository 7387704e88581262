import { catalogue, type HistogramRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describeRecorded, notRecorded } from "../../panels/recorded.ts";
import { eventsPerSecondUnit, perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { recordedMax, recordedQuantile, recordedSum } from "../../promql/recorded-queries.ts";
import { type RecordedSeries, recorded } from "../../rules/recorded.ts";
import type { Row } from "../dashboard.ts";
import { percentilesSaid } from "../shared/latency.ts";

const { requestFirstToken, firstTokenLatency, timePerOutputToken, interTokenLatency, queueTime, modelLatency } =
  catalogue;
const { activeInferences, queuedInferences, kvCacheUsage, inferences, chatTokens } = catalogue;

const width = 8;

interface LatencySpec {
  readonly title: string;
  readonly sentence: string;
  readonly row: HistogramRow;
  readonly buckets: RecordedSeries<"job" | "model" | "le">;
}

const latency = ({ title, sentence, row, buckets }: LatencySpec) =>
  timeSeries({
    title,
    description: describeRecorded(
      `${sentence} All processes together, by model: the 95th percentile and, dashed, the median.`,
      [buckets],
      row,
    ),
    unit: unitOf(row),
    queries: [0.95, 0.5].map((q) => ({
      vector: recordedQuantile(q, buckets, "model"),
      legend: "{{model}}",
      dashed: q === 0.5,
    })),
    axis: percentilesSaid,
    noValue: notRecorded,
    width,
  });

/** How long answers take, read from as many series for a thousand processes as for one. */
export const waits: Row = {
  title: "Latency of all processes",
  panels: [
    latency({
      title: "First token from the arrival (all processes)",
      sentence: "How long readers wait for the first token. Good is what your first-token objective says.",
      row: requestFirstToken,
      buckets: recorded.requestFirstTokenBuckets,
    }),
    latency({
      title: "Time to first token (all processes)",
      sentence:
        "How long the model takes to begin, from its call. What the arrival's figure has more, was spent before the model.",
      row: firstTokenLatency,
      buckets: recorded.firstTokenBuckets,
    }),
    latency({
      title: "Queue time (all processes)",
      sentence:
        "How long an inference waits until the engine takes it up. Near 0 is good: each second here is a second of capacity that lacks.",
      row: queueTime,
      buckets: recorded.queueTimeBuckets,
    }),
    latency({
      title: "Time per output token (all processes)",
      sentence:
        "The mean time per token of completed answers. People read at about 0.2 s a token; below 0.1 s is good.",
      row: timePerOutputToken,
      buckets: recorded.timePerOutputTokenBuckets,
    }),
    latency({
      title: "Inter-token latency (all processes)",
      sentence: "The gaps between tokens. Even is good: a p99 far above the median is stutter.",
      row: interTokenLatency,
      buckets: recorded.interTokenBuckets,
    }),
    latency({
      title: "Model latency (all processes)",
      sentence:
        "How long completed inferences take as a whole. It grows with the answers, so compare it with its own past.",
      row: modelLatency,
      buckets: recorded.modelLatencyBuckets,
    }),
  ],
};

const inWork = timeSeries({
  title: "Work and queue of all processes",
  description: describeRecorded(
    "Inferences that engines work on and that wait for one, by model. A queue that stays means that the fleet is too small for the load.",
    [recorded.activeInferences, recorded.queuedInferences],
    activeInferences,
    queuedInferences,
  ),
  unit: unitOf(activeInferences),
  stacked: true,
  queries: [
    { vector: recordedSum(recorded.activeInferences, "model"), legend: "active {{model}}" },
    { vector: recordedSum(recorded.queuedInferences, "model"), legend: "queued {{model}}" },
  ],
  noValue: notRecorded,
  width,
});

const endings = timeSeries({
  title: "Endings of all processes",
  description: describeRecorded(
    "Ended inferences per second by how they ended. `stop` is good; `error` should be absent, and `aborted` are readers who went away.",
    [recorded.inferencesByFinishReason],
    inferences,
  ),
  unit: eventsPerSecondUnit,
  stacked: true,
  queries: [{ vector: recordedSum(recorded.inferencesByFinishReason, "finish_reason"), legend: "{{finish_reason}}" }],
  noValue: notRecorded,
  width,
});

const tokens = timeSeries({
  title: "Tokens of all processes",
  description: describeRecorded(
    "Tokens per second by direction, idle time included: what the fleet puts through. What is drawn most is not good or bad; a fall without a fall of the requests is.",
    [recorded.chatTokens],
    chatTokens,
  ),
  unit: perSecondUnitOf(chatTokens),
  queries: [{ vector: recordedSum(recorded.chatTokens, "direction"), legend: "{{direction}}" }],
  noValue: notRecorded,
  width,
});

const ended = timeSeries({
  title: "Inferences per second by model",
  description: describeRecorded("Ended inferences per second by model.", [recorded.inferences], inferences),
  unit: eventsPerSecondUnit,
  queries: [{ vector: recordedSum(recorded.inferences, "model"), legend: "{{model}}" }],
  noValue: notRecorded,
  width: 12,
});

const fullest = timeSeries({
  title: "Fullest KV cache by model",
  description: describeRecorded(
    "How full the fullest sequence of all processes is, by model. Yellow from 90 %; from 98 %, red, the next tokens push out the oldest.",
    [recorded.kvCacheUsage],
    kvCacheUsage,
  ),
  unit: unitOf(kvCacheUsage),
  queries: [{ vector: recordedMax(recorded.kvCacheUsage, "model"), legend: "{{model}}" }],
  noValue: notRecorded,
  width: 12,
});

/** What the fleet does as a whole. */
export const traffic: Row = { title: "Traffic of all processes", panels: [inWork, endings, tokens, ended, fullest] };
