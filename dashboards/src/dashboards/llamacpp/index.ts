import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import type { ModelGauge } from "../../promql/builders.ts";
import { amountPerSecond, mean, now, observationsPerSecond, perSecond } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";
import { dashboard, type Row } from "../dashboard.ts";
import { endings, goodputOverTime, inWork, queueTimes, toolCallRate } from "../shared/inferences.ts";
import { variables } from "../variables.ts";
import { overview } from "./overview.ts";
import { modelServers } from "./servers.ts";
import { generation, prompt } from "./tokens.ts";

const {
  chatTokens,
  cachedPromptTokens,
  promptEvalTokens,
  reasoningTokens,
  undeliveredTokens,
  queueTime,
  promptEval,
  interTokenLatency,
  firstTokenLatency,
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
  axis: "tokens/s",
  queries: [
    { vector: sumBy(perSecond(chatTokens, { direction: "input" })), legend: "input" },
    { vector: sumBy(perSecond(cachedPromptTokens)), legend: "input, cached" },
    { vector: sumBy(perSecond(promptEvalTokens)), legend: "input, prefilled" },
    { vector: sumBy(perSecond(chatTokens, { direction: "output" })), legend: "output" },
    { vector: sumBy(perSecond(reasoningTokens)), legend: "output, thought" },
    { vector: sumBy(perSecond(undeliveredTokens)), legend: "output, undelivered" },
  ],
  noValue: "No traffic",
  width: 12,
});

/** What the engine is asked, and what becomes of it. */
export const inferences: Row = {
  title: "Inferences and tokens",
  panels: [inWork(8), endings(8), goodputOverTime(8), kinds, toolCallRate(12)],
};

/** Over the answers that began, as the phases before it: aborted ones count with the tokens they had. */
const decode = ratio(sumBy(amountPerSecond(interTokenLatency)), sumBy(observationsPerSecond(firstTokenLatency)));

const phases = timeSeries({
  title: "Mean time by phase",
  description: describe(
    "Where the time of an answer goes, on average over all chosen models: the wait for the engine, the evaluation of the prompt, and the decode, which is an answer's gaps between tokens added up. Means can be stacked; percentiles cannot.",
    queueTime,
    promptEval,
    interTokenLatency,
    firstTokenLatency,
  ),
  unit: unitOf(queueTime),
  stacked: true,
  queries: [
    { vector: mean(queueTime), legend: "queue" },
    { vector: mean(promptEval), legend: "prompt evaluation" },
    { vector: decode, legend: "decode" },
  ],
  noValue: "No traffic",
  width: 12,
});

/** Where the time goes. */
export const latency: Row = { title: "Latency", panels: [phases, queueTimes(12)] };

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
export const settings: Row = {
  title: "Settings over time",
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
  rows: [overview, latency, generation, prompt, inferences, modelServers, settings],
});
