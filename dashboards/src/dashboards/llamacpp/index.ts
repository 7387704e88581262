import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import type { ModelGauge } from "../../promql/builders.ts";
import { now, perSecond } from "../../promql/panel-queries.ts";
import { sumBy } from "../../promql/vector.ts";
import { dashboard, type Row } from "../dashboard.ts";
import { endings, goodputOverTime, inWork, queueTimes, toolCallRate } from "../shared/inferences.ts";
import { distribution, eventLoopDelays, timesPerToken, tokenGaps } from "../shared/latency.ts";
import { variables } from "../variables.ts";
import { overview, settings } from "./overview.ts";
import { modelServers, modelServersOverTime } from "./servers.ts";
import { promptTimes, throughput } from "./tokens.ts";

const {
  chatTokens,
  cachedPromptTokens,
  promptEvalTokens,
  reasoningTokens,
  undeliveredTokens,
  queueTime,
  promptEval,
  interTokenLatency,
} = catalogue;

const kinds = timeSeries({
  title: "Tokens by kind",
  description: describe(
    "Tokens per second, all chosen models together. Of the input, a part was cached and the rest prefilled; of the output, a part was thought and a part undelivered. So the lines overlap: they are not to be added up.",
    chatTokens,
    cachedPromptTokens,
    promptEvalTokens,
    reasoningTokens,
    undeliveredTokens,
  ),
  unit: perSecondUnitOf(chatTokens),
  queries: [
    { vector: sumBy(perSecond(chatTokens, { direction: "input" })), legend: "input" },
    { vector: sumBy(perSecond(cachedPromptTokens)), legend: "cached input" },
    { vector: sumBy(perSecond(promptEvalTokens)), legend: "prefilled input" },
    { vector: sumBy(perSecond(chatTokens, { direction: "output" })), legend: "output" },
    { vector: sumBy(perSecond(reasoningTokens)), legend: "thought output" },
    { vector: sumBy(perSecond(undeliveredTokens)), legend: "undelivered output" },
  ],
  noValue: "No traffic",
  width: 12,
});

/** What the engine is asked, and what becomes of it. */
const inferences: Row = {
  title: "Inferences and tokens",
  panels: [inWork(8), endings(8), goodputOverTime(8), kinds, toolCallRate(12)],
};

/** Where the time goes. */
const latency: Row = {
  title: "Latency",
  panels: [queueTimes(8), promptTimes(8), timesPerToken(8), tokenGaps(12), eventLoopDelays(12)],
};

/** Where single answers lie, which percentiles hide. */
const distributions: Row = {
  title: "Distributions",
  panels: [
    distribution("Queue time", queueTime, "How long inferences waited until the engine took them up.", 8),
    distribution("Prompt evaluation time", promptEval, "How long the engine worked on a prompt.", 8),
    distribution("Inter-token latency", interTokenLatency, "How long the gaps between tokens were.", 8),
  ],
};

const overTime = (title: string, row: ModelGauge, sentence: string) =>
  timeSeries({
    title,
    description: describe(sentence, row),
    unit: unitOf(row),
    queries: [{ vector: now(row, "model"), legend: "{{model}}" }],
    noValue: "Unknown",
    width: 6,
  });

/** What changes when a model is loaded again with other settings. */
const settingsOverTime: Row = {
  title: "Settings over time",
  collapsed: true,
  panels: [
    overTime("Context window size", catalogue.contextSize, "Tokens that fit into one conversation, by model."),
    overTime("Memory per token usage", catalogue.memoryPerToken, "What each token in the context costs, by model."),
    overTime("Thread utilisation", catalogue.threadsUsed, "CPU threads that the model decodes with."),
    overTime("Batch size over time", catalogue.batchSize, "Tokens that one decode may hold, by model."),
  ],
};

export const llamacppDashboard = dashboard({
  uid: "llamacpp-dashboard",
  title: "llama.cpp Performance",
  description: "Speed, latency by phase, prompt evaluation and settings of llama.cpp models, as AIWatch measures them.",
  tags: ["llama-cpp"],
  variables: variables(catalogue.contextSize),
  rows: [
    overview,
    settings,
    latency,
    distributions,
    throughput,
    inferences,
    modelServers,
    modelServersOverTime,
    settingsOverTime,
  ],
});
