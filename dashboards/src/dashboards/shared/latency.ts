import { catalogue, type HistogramRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { tile } from "../../panels/numbers.ts";
import { describe, type PanelBuilder } from "../../panels/panel.ts";
import { unitOf } from "../../panels/units.ts";
import { objective, quantile } from "../../promql/panel-queries.ts";
import type { Vector } from "../../promql/vector.ts";

const { interTokenLatency, eventLoopDelay, timePerOutputToken, requestFirstToken, sloObjective } = catalogue;

interface QuantilesSpec {
  readonly title: string;
  readonly sentence: string;
  readonly row: HistogramRow;
  readonly quantile: (q: number) => Vector;
  /** The label that tells the lines apart. @default "model" */
  readonly by?: "model" | "instance" | "tool" | "queue";
  /** Whether its observations carry exemplars. @default true */
  readonly exemplar?: boolean;
  /** @default "No traffic" */
  readonly noValue?: string;
  readonly width: number;
}

/** The median and the 95th percentile of a histogram. Their exemplars are single answers, which lead to their traces. */
export function quantiles(spec: QuantilesSpec): PanelBuilder {
  const { title, sentence, row, quantile, by = "model", exemplar = true, noValue = "No traffic", width } = spec;
  const line = (q: number) => ({ vector: quantile(q), legend: `p${q * 100} {{${by}}}`, exemplar });
  return timeSeries({
    title,
    description: describe(
      `${sentence} By ${by}, the median and the 95th percentile; a gap where nothing was measured.`,
      row,
    ),
    unit: unitOf(row),
    queries: [line(0.5), line(0.95)],
    noValue,
    width,
  });
}

/** The 95th percentile of now, over everything that is chosen. */
export const latencyTile = (title: string, row: HistogramRow, sentence: string) =>
  tile({
    title,
    description: describe(sentence, row),
    unit: unitOf(row),
    queries: [{ vector: quantile(0.95, row, []), legend: title }],
    noValue: "No traffic",
    width: 3,
  });

/** What readers wait, beside what they are to wait at most. */
export const readerWaits = (width: number) =>
  timeSeries({
    title: "First token from the arrival",
    description: describe(
      "How long a reader waits for the first token, from the request's arrival: the app's own work and queue before the model are in it. By model, the median and the 95th percentile, and the objective where one is set; a gap where nothing was measured.",
      requestFirstToken,
      sloObjective,
    ),
    unit: unitOf(requestFirstToken),
    queries: [
      { vector: quantile(0.5, requestFirstToken, ["model"]), legend: "p50 {{model}}", exemplar: true },
      { vector: quantile(0.95, requestFirstToken, ["model"]), legend: "p95 {{model}}", exemplar: true },
      { vector: objective("request_first_token"), legend: "objective" },
    ],
    noValue: "No traffic",
    width,
  });

export const tokenGapTile = () =>
  latencyTile("ITL p95", interTokenLatency, "The gap between two tokens that 95 % of them stay under.");

export const timePerTokenTile = () =>
  latencyTile(
    "TPOT p95",
    timePerOutputToken,
    "The mean time per output token that 95 % of completed answers stay under.",
  );

export const eventLoopTile = () =>
  latencyTile(
    "Event-loop delay p95",
    eventLoopDelay,
    "How late 95 % of the timers at most fired while inferences ran. Where this is long, the process stalls and not the model.",
  );

export const tokenGaps = (width: number) =>
  quantiles({
    title: "Inter-token latency",
    sentence:
      "The gaps between tokens, the consumer's own pauses left out. Look at the event-loop delay beside it before you blame the model.",
    row: interTokenLatency,
    quantile: (q) => quantile(q, interTokenLatency, ["model"]),
    width,
  });

/** To be beside the token gaps: what rises in both is a stall of the process. */
export const eventLoopDelays = (width: number) =>
  quantiles({
    title: "Event-loop delay",
    sentence:
      "How late Node's timers fired while inferences ran. What rises here and in the inter-token latency at once is a stall of the process; what rises there alone is the model's.",
    row: eventLoopDelay,
    quantile: (q) => quantile(q, eventLoopDelay, ["instance"]),
    by: "instance",
    exemplar: false,
    width,
  });

export const timesPerToken = (width: number) =>
  quantiles({
    title: "Time per output token",
    sentence:
      "The mean time per token after the first of each completed answer, the app's own callbacks and tools in it.",
    row: timePerOutputToken,
    quantile: (q) => quantile(q, timePerOutputToken, ["model"]),
    width,
  });
