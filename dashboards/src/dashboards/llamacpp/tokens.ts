import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { now, perSecond, quantile } from "../../promql/panel-queries.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { quantiles } from "../shared/latency.ts";

const { promptEval, promptEvalTokens, cachedPromptTokens, llamaCppTokensPerSecond, chatTokens } = catalogue;

const sources = timeSeries({
  title: "Prompt tokens evaluated and cached",
  description: describe(
    "Prompt tokens per second by model: those that were evaluated and those that the KV cache already had.",
    promptEvalTokens,
    cachedPromptTokens,
  ),
  unit: perSecondUnitOf(promptEvalTokens),
  stacked: true,
  queries: [
    { vector: sumBy(perSecond(promptEvalTokens), "model"), legend: "evaluated {{model}}" },
    { vector: sumBy(perSecond(cachedPromptTokens), "model"), legend: "cached {{model}}" },
  ],
  noValue: "No traffic",
  width: 12,
});

export const promptTimes = (width: number) =>
  quantiles({
    title: "Prompt evaluation time",
    sentence: "How long the engine works on a prompt before its first token.",
    row: promptEval,
    quantile: (q) => quantile(q, promptEval, ["model"]),
    width,
  });

export const speedOverTime = (width: number) =>
  timeSeries({
    title: "Tokens per second over time",
    description: describe(
      "How fast each model generates while it does; a gap where it was idle.",
      llamaCppTokensPerSecond,
    ),
    unit: unitOf(llamaCppTokensPerSecond),
    queries: [{ vector: now(llamaCppTokensPerSecond, "model"), legend: "{{model}}" }],
    noValue: "Idle",
    width,
  });

const processing = timeSeries({
  title: "Token processing over time",
  description: describe(
    "Tokens in and out per second by direction and model. Idle time counts: this is throughput, not speed.",
    chatTokens,
  ),
  unit: perSecondUnitOf(chatTokens),
  queries: [{ vector: sumBy(perSecond(chatTokens), "direction", "model"), legend: "{{direction}} {{model}}" }],
  noValue: "No traffic",
  width: 12,
});

/** What the models take in and put out. */
export const throughput: Row = { title: "Throughput", panels: [processing, sources] };
