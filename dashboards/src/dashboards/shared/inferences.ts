import { catalogue, type GaugeRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { courseTile } from "../../panels/course.ts";
import { toDashboard } from "../../panels/links.ts";
import { tile } from "../../panels/numbers.ts";
import { describe, type Limits } from "../../panels/panel.ts";
import { perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import { goodput, now, perSecond, quantile, visible } from "../../promql/panel-queries.ts";
import { largest, sumBy } from "../../promql/vector.ts";
import { quantiles } from "./latency.ts";
import { noQueue } from "./waiting.ts";

const {
  activeInferences,
  queuedInferences,
  inferences,
  sloInferences,
  queueTime,
  serverUnexplained: unexplained,
  toolCalls,
  toolCallDuration,
} = catalogue;
const { firstTokenWaits, oldestInference, lastTokenAge } = catalogue;

interface Counted {
  readonly title: string;
  readonly sentence: string;
  readonly row: GaugeRow;
  readonly noValue: string;
}

const active: Counted = {
  title: "Active inferences",
  sentence: "Inferences that the engine works on now, all chosen models together.",
  row: activeInferences,
  noValue: "No data",
};
const queued: Counted = {
  title: "Queued inferences",
  sentence: "Inferences that wait for the engine now, all chosen models together.",
  row: queuedInferences,
  noValue: noQueue,
};

const countTile = ({ title, sentence, row, noValue }: Counted) =>
  tile({
    title,
    description: describe(sentence, row),
    unit: unitOf(row),
    queries: [{ vector: now(row), legend: title }],
    noValue,
    width: 3,
  });

export const activeInferencesTile = () => countTile(active);
export const queuedInferencesTile = () => countTile(queued);

const countCourse = ({ title, sentence, row, noValue }: Counted) =>
  courseTile({ title, sentence, rows: [row], vector: now(row), noValue });

/** The same with their courses. */
export const activeInferencesCourse = () => countCourse(active);
export const queuedInferencesCourse = () => countCourse(queued);

export const inWork = (width: number) =>
  timeSeries({
    title: "Active and queued inferences",
    description: describe(
      "What the engine works on and what waits for it, by model. Where the queue stays, more comes than the engine can take.",
      activeInferences,
      queuedInferences,
    ),
    unit: unitOf(activeInferences),
    stacked: true,
    queries: [
      { vector: now(activeInferences, "model"), legend: "active {{model}}" },
      { vector: now(queuedInferences, "model"), legend: "queued {{model}}" },
    ],
    noValue: "No data",
    width,
  });

export const endings = (width: number) =>
  timeSeries({
    title: "Inferences by finish reason",
    description: describe(
      "Ended inferences per second by how they ended. `aborted`: the caller went away, which is no error.",
      inferences,
    ),
    unit: perSecondUnitOf(inferences),
    stacked: true,
    queries: [{ vector: sumBy(perSecond(inferences), "finish_reason"), legend: "{{finish_reason}}" }],
    noValue: "None ended",
    width,
  });

export const firstTokenWaitsOverTime = (width: number) =>
  timeSeries({
    title: "Waits for a first token",
    description: describe(
      "Waits per second that ended, by how. The time to first token holds those of `got` alone: who gave up before is `aborted` here.",
      firstTokenWaits,
    ),
    unit: perSecondUnitOf(firstTokenWaits),
    stacked: true,
    queries: [{ vector: sumBy(perSecond(firstTokenWaits), "outcome"), legend: "{{outcome}}" }],
    noValue: "None ended",
    width,
  });

/** The one figure that grows while a model hangs: all others wait for an end, and readers leave before. */
export const oldestInferenceTile = (width = 3) =>
  courseTile({
    title: "Oldest inference",
    sentence:
      "How long the oldest inference under way has been at it, of all chosen models. It grows while a model hangs, and falls where readers give up.",
    rows: [oldestInference],
    vector: now(oldestInference),
    links: [toDashboard("aiwatch-fleet", "Which process it is in")],
    noValue: "None under way",
    width,
  });

export const stalls = (width: number) =>
  timeSeries({
    title: "Oldest inference and newest token",
    description: describe(
      "How long the oldest inference under way has been at it, and how long ago its model gave the newest token, dashed, by model. Where both rise together, nothing is generated.",
      oldestInference,
      lastTokenAge,
    ),
    unit: unitOf(oldestInference),
    queries: [
      { vector: now(oldestInference, "model"), legend: "{{model}}" },
      { vector: now(lastTokenAge, "model"), legend: "{{model}}", dashed: true },
    ],
    axis: "oldest, dashed newest token",
    noValue: "Idle",
    width,
  });

/** Without objectives, and without an inference that was judged by them. */
const noValue = "None judged";

const limits: Limits = {
  below: "red",
  steps: [
    { from: 0.9, color: "yellow" },
    { from: 0.99, color: "green" },
  ],
};

export const goodputTile = (width = 3) =>
  tile({
    title: "Goodput",
    description: describe(
      "The share of inferences that held every objective of the app over the visible time range, all chosen models together, and its course. Red below 90 %, yellow below 99 %.",
      sloInferences,
    ),
    unit: ratioUnit,
    queries: [{ vector: visible.goodput(), legend: "in the visible time" }],
    limits,
    noValue,
    trend: "window",
    decimals: 1,
    width,
  });

export const goodputOverTime = (width: number) =>
  timeSeries({
    title: "Goodput over time",
    description: describe("The share of inferences that held every objective, by model.", sloInferences),
    unit: ratioUnit,
    queries: [{ vector: goodput("model"), legend: "{{model}}" }],
    limits,
    noValue,
    width,
  });

export const queueTimes = (width: number) =>
  quantiles({
    title: "Queue time",
    sentence: "How long an inference waits until the engine takes it up.",
    row: queueTime,
    quantile: (q) => quantile(q, queueTime, ["model"]),
    width,
  });

export const serverUnexplained = (width: number) =>
  quantiles({
    title: "Unexplained by the server",
    sentence:
      "What a model server's own times leave of the wait for its first token: its queue, where it does not tell that, and the network.",
    row: unexplained,
    quantile: (q) => quantile(q, unexplained, ["model"]),
    noValue: "No model behind HTTP",
    width,
  });

export const toolCallRate = (width: number) =>
  timeSeries({
    title: "Tool calls",
    description: describe(
      "Runs per second of the app's functions that a model called, by function and outcome; the 20 largest at each moment.",
      toolCalls,
    ),
    unit: perSecondUnitOf(toolCalls),
    queries: [{ vector: largest(20, sumBy(perSecond(toolCalls), "tool", "outcome")), legend: "{{tool}} {{outcome}}" }],
    noValue: "No tools called",
    width,
  });

export const toolCallTimes = (width: number) =>
  quantiles({
    title: "Tool call duration",
    sentence: "How long the app's functions take, while the answer waits for them.",
    row: toolCallDuration,
    quantile: (q) => quantile(q, toolCallDuration, ["tool"]),
    by: "tool",
    noValue: "No tools called",
    width,
  });
