import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { now, perSecond, quantile } from "../../promql/panel-queries.ts";
import { sumBy } from "../../promql/vector.ts";
import { dashboard, type Row } from "../dashboard.ts";
import { tokensOwed } from "../shared/faults.ts";
import {
  firstTokenWaitsOverTime,
  goodputOverTime,
  inWork,
  queueTimes,
  serverUnexplained,
  stalls,
  toolCallRate,
  toolCallTimes,
} from "../shared/inferences.ts";
import { eventLoopDelays, quantiles, timesPerToken, tokenGaps } from "../shared/latency.ts";
import { alertTable, budgetLeftOverTime, burnOverTime, firstTokensHeld, tokenTimesHeld } from "../shared/slo.ts";
import { variables } from "../variables.ts";
import { distributions } from "./distributions.ts";
import { failures, process } from "./errors.ts";
import { load } from "./load.ts";
import { overview } from "./overview.ts";
import { browsers, queues, requests } from "./requests.ts";

const {
  modelLatency,
  firstTokenLatency,
  chatTokens,
  cachedPromptTokens,
  reasoningTokens,
  undeliveredTokens,
  tokensPerSecond,
  promptTokens,
  outputTokens,
} = catalogue;

/** Whether what was promised holds, and for how long it will. */
const objectives: Row = {
  title: "Objectives",
  panels: [
    firstTokensHeld(8),
    tokenTimesHeld(8),
    goodputOverTime(8),
    burnOverTime("1h", "Error budget burn over an hour", 8),
    burnOverTime("6h", "Error budget burn over six hours", 8),
    budgetLeftOverTime(8),
    alertTable(24),
  ],
};

/** How long answers take. */
const latency: Row = {
  title: "Latency",
  panels: [
    quantiles({
      title: "Model latency",
      sentence: "How long completed generations take, from the call to the last token.",
      row: modelLatency,
      quantile: (q) => quantile(q, modelLatency, ["model"], { operation: "inference" }),
      width: 12,
    }),
    quantiles({
      title: "Time to first token",
      sentence: "How long the model takes to begin its answer, from its call, the engine's queue in it.",
      row: firstTokenLatency,
      quantile: (q) => quantile(q, firstTokenLatency, ["model"]),
      width: 12,
    }),
    tokenGaps(12),
    eventLoopDelays(12),
    timesPerToken(8),
    queueTimes(8),
    serverUnexplained(8),
  ],
};

const usage = timeSeries({
  title: "Token usage",
  description: describe("Tokens per second by direction and model.", chatTokens),
  unit: perSecondUnitOf(chatTokens),
  queries: [{ vector: sumBy(perSecond(chatTokens), "direction", "model"), legend: "{{direction}} {{model}}" }],
  noValue: "No traffic",
  width: 12,
});

const speed = timeSeries({
  title: "Generation speed",
  description: describe(
    "How fast each model generates while it does, whatever engine runs it; a gap where it was idle.",
    tokensPerSecond,
  ),
  unit: unitOf(tokensPerSecond),
  queries: [{ vector: now(tokensPerSecond, "model"), legend: "{{model}}" }],
  noValue: "Idle",
  width: 12,
});

const cached = timeSeries({
  title: "Cached prompt tokens",
  description: describe(
    "Prompt tokens per second that did not have to be evaluated again, by model.",
    cachedPromptTokens,
  ),
  unit: perSecondUnitOf(cachedPromptTokens),
  queries: [{ vector: sumBy(perSecond(cachedPromptTokens), "model"), legend: "{{model}}" }],
  noValue: "No traffic",
  width: 12,
});

const unseen = timeSeries({
  title: "Thought and undelivered tokens",
  description: describe(
    "The parts of the output per second that nobody reads, by model: what the model thought, and what was generated after its reader had gone.",
    reasoningTokens,
    undeliveredTokens,
  ),
  unit: perSecondUnitOf(undeliveredTokens),
  queries: [
    { vector: sumBy(perSecond(reasoningTokens), "model"), legend: "thought {{model}}" },
    { vector: sumBy(perSecond(undeliveredTokens), "model"), legend: "undelivered {{model}}" },
  ],
  noValue: "None, or no traffic",
  width: 12,
});

/** What the models take in and give out. */
const tokens: Row = { title: "Tokens", panels: [usage, speed, cached, unseen] };

/** What is under way, what became of it, and how large it is. */
const inferences: Row = {
  title: "Inferences",
  panels: [
    inWork(12),
    firstTokenWaitsOverTime(12),
    stalls(12),
    tokensOwed(12),
    quantiles({
      title: "Prompt size",
      sentence: "How many tokens a prompt has, those from the KV cache included.",
      row: promptTokens,
      quantile: (q) => quantile(q, promptTokens, ["model"]),
      width: 12,
    }),
    quantiles({
      title: "Answer size",
      sentence: "How many tokens an inference generates.",
      row: outputTokens,
      quantile: (q) => quantile(q, outputTokens, ["model"]),
      width: 12,
    }),
  ],
};

/** The app's functions that the models call. */
const tools: Row = { title: "Tools", collapsed: true, panels: [toolCallRate(12), toolCallTimes(12)] };

export const llmDashboard = dashboard({
  uid: "llm-dashboard",
  title: "LLM Performance",
  description:
    "Whether readers get answers and how long they wait: latency, tokens, requests and errors of an app that serves language models, as AIWatch measures them.",
  tags: ["llm"],
  variables: variables(catalogue.chatTokens),
  rows: [
    overview,
    load,
    objectives,
    latency,
    queues,
    distributions,
    tokens,
    inferences,
    requests,
    failures,
    tools,
    browsers,
    process,
  ],
});
