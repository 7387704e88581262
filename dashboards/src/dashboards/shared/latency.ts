import { catalogue, type HistogramRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { heatmap } from "../../panels/heatmap.ts";
import { toModels, toTraces } from "../../panels/links.ts";
import { judgedTile, tile, tileHeight } from "../../panels/numbers.ts";
import { describe, type PanelBuilder } from "../../panels/panel.ts";
import { unitOf } from "../../panels/units.ts";
import { buckets, mean, objective, quantile, recent } from "../../promql/panel-queries.ts";
import type { Matchers } from "../../promql/select.ts";
import { ofTop, overallOf } from "../../promql/top.ts";
import { maxBy, type Vector } from "../../promql/vector.ts";

const { interTokenLatency, eventLoopDelay, timePerOutputToken, requestFirstToken, sloObjective } = catalogue;

/** Without an observation: what is under way has none yet, and some answers never have one. */
export const nothingMeasured = "Nothing measured";

interface QuantilesSpec {
  readonly title: string;
  readonly sentence: string;
  readonly row: HistogramRow;
  readonly quantile: (q: number) => Vector;
  /** The label that tells the lines apart. @default "model" */
  readonly by?: "model" | "tool" | "queue";
  /** Whether its observations carry exemplars. @default true */
  readonly exemplar?: boolean;
  /** @default "Nothing measured" */
  readonly noValue?: string;
  /** What was asked for, where there is an objective. */
  readonly objective?: Vector;
  readonly width: number;
}

/** What is written along the axis of percentiles: their lines have the names of what they are of. */
export const percentilesSaid = "p95, dashed p50";

/**
 * The 95th percentile and, dashed, the median of a histogram, by model: more lines of each model could not be told apart. What lies beyond is
 * in the distributions. Exemplars are single answers, which lead to their traces.
 */
export function quantiles(spec: QuantilesSpec): PanelBuilder {
  const { title, sentence, row, quantile, by = "model", exemplar = true, noValue = nothingMeasured, width } = spec;
  const line = (q: number) => ({
    vector: quantile(q),
    legend: `{{${by}}}`,
    dashed: q === 0.5,
    exemplar: exemplar && q === 0.95,
  });
  const goal = spec.objective === undefined ? [] : [{ vector: spec.objective, legend: "objective" }];
  return timeSeries({
    title,
    description: describe(
      `${sentence} By ${by}: the 95th percentile and, dashed, the median; a gap where nothing was measured.`,
      row,
      ...(spec.objective === undefined ? [] : [sloObjective]),
    ),
    unit: unitOf(row),
    queries: [line(0.95), line(0.5), ...goal],
    axis: percentilesSaid,
    noValue,
    width,
    ...(exemplar && { links: [toTraces] }),
  });
}

type ModelHistogram = HistogramRow & { readonly labels: { readonly model: object } };

/**
 * The 95th percentile of the model that does worst, over the last five minutes. One over all models would hide a slow model behind the many
 * answers of a fast one.
 */
export const worstModel = <Row extends ModelHistogram>(row: Row, matchers: Matchers<Row> = {}): Vector<never> =>
  maxBy(recent.quantile(0.95, row, ["model"] as never[], matchers) as Vector);

/** What the description of a tile of the worst model says of it. */
export const ofWorstModel =
  "Of several models the worst; a click leads to the table that says which. Over the last five minutes";

/** The 95th percentile of the worst model. */
export const latencyTile = (title: string, row: ModelHistogram, sentence: string, width = 3, height = tileHeight) =>
  tile({
    title,
    description: describe(`${sentence} ${ofWorstModel}.`, row),
    unit: unitOf(row),
    queries: [{ vector: worstModel(row), legend: "worst model" }],
    // two columns have no room for more
    noValue: width > 2 ? nothingMeasured : "None",
    links: [toModels],
    width,
    height,
  });

export const queueTimeTile = (height = tileHeight) =>
  latencyTile(
    "Queue time p95",
    catalogue.queueTime,
    "The wait for the engine that 95 % of inferences stay under.",
    3,
    height,
  );

/** What readers wait, from the arrival on: green as long as it keeps what the reader of the dashboard chose. */
export const readerWaitTile = (width = 3, height = tileHeight) =>
  judgedTile({
    title: "First token p95",
    description: describe(
      `The wait for the first token, from the request's arrival, that 95 % of readers stay under: the app's own work and queue are in it. ${ofWorstModel}; red above _First token within_.`,
      requestFirstToken,
    ),
    unit: unitOf(requestFirstToken),
    value: worstModel(requestFirstToken),
    links: [toModels],
    limit: "$ttft_slo",
    noValue: "No first token",
    width,
    height,
  });

/** Where the observations of a histogram lie over time, all that is chosen together. */
export const distribution = (
  title: string,
  row: HistogramRow,
  sentence: string,
  width: number,
  vector = buckets(row),
) =>
  heatmap({
    title: `${title}: distribution`,
    description: describe(
      `${sentence} The more a colour stands out, the more there were: two bands are two kinds of answers, which a percentile hides.`,
      row,
    ),
    boundsUnit: unitOf(row),
    axis: "up to",
    buckets: vector,
    noValue: nothingMeasured,
    width,
  });

/** What readers wait, beside what they are to wait at most. */
export const readerWaits = (width: number) =>
  quantiles({
    title: "First token from the arrival",
    sentence:
      "How long a reader waits for the first token, from the request's arrival: the app's own work and queue before the model are in it.",
    row: requestFirstToken,
    quantile: (q) => quantile(q, requestFirstToken, ["model"]),
    objective: objective("request_first_token"),
    width,
  });

export const tokenGapTile = (height = tileHeight) =>
  latencyTile("ITL p95", interTokenLatency, "The gap between two tokens that 95 % of them stay under.", 3, height);

export const timePerTokenTile = (width = 3, height = tileHeight) =>
  judgedTile({
    title: "TPOT p95",
    description: describe(
      `The mean time per output token that 95 % of completed answers stay under. ${ofWorstModel}; red above _Per token_.`,
      timePerOutputToken,
    ),
    unit: unitOf(timePerOutputToken),
    value: worstModel(timePerOutputToken),
    links: [toModels],
    limit: "$tpot_slo",
    noValue: nothingMeasured,
    width,
    height,
  });

export const eventLoopTile = (height = tileHeight) =>
  tile({
    title: "Event loop p95",
    description: describe(
      "How late 95 % of the timers at most fired while inferences ran, over the last five minutes. Where this is long, the process stalls and not the model.",
      eventLoopDelay,
    ),
    unit: unitOf(eventLoopDelay),
    queries: [{ vector: recent.quantile(0.95, eventLoopDelay, []), legend: "Event loop p95" }],
    noValue: nothingMeasured,
    width: 3,
    height,
  });

export const tokenGaps = (width: number) =>
  quantiles({
    title: "Inter-token latency",
    sentence:
      "The gaps between tokens, the consumer's own pauses left out. Look at the event-loop delay beside it before you blame the model.",
    row: interTokenLatency,
    quantile: (q) => quantile(q, interTokenLatency, ["model"]),
    width,
  });

/** How many instances a panel shows by name: a fleet has hundreds. */
const worst = 5;

/** To be beside the token gaps: what rises in both is a stall of the process. */
export const eventLoopDelays = (width: number) =>
  timeSeries({
    title: "Event-loop delay",
    description: describe(
      `How late Node's timers fired while inferences ran. What rises here and in the inter-token latency at once is a stall of the process; what rises there alone is the model's. The median, the 99th percentile and the mean of all that is chosen; by instance the 95th percentile, of the ${worst} that are worst over the visible time.`,
      eventLoopDelay,
    ),
    unit: unitOf(eventLoopDelay),
    queries: [
      // first, for the palette's first colours are those that no percentile has
      {
        vector: ofTop(
          worst,
          quantile(0.95, eventLoopDelay, ["instance"]),
          overallOf(0.95, eventLoopDelay, {}, "instance"),
        ),
        legend: "p95 {{instance}}",
      },
      { vector: quantile(0.5, eventLoopDelay, []), legend: "p50" },
      { vector: quantile(0.99, eventLoopDelay, []), legend: "p99" },
      { vector: mean(eventLoopDelay), legend: "mean" },
    ],
    noValue: nothingMeasured,
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
