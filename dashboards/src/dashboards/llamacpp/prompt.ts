import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf } from "../../panels/units.ts";
import { rest } from "../../promql/arithmetic.ts";
import { perSecond } from "../../promql/counters.ts";
import { quantile } from "../../promql/histograms.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { quantiles } from "../quantiles.ts";

const { promptEval, chatTokens, cachedPromptTokens } = catalogue;

const cached = sumBy(perSecond(cachedPromptTokens), "model");

const sources = timeSeries({
  title: "Prompt tokens evaluated and cached",
  description: describe(
    "Prompt tokens per second by model: those that were evaluated (input without cached) and those that the KV cache already had.",
    chatTokens,
    cachedPromptTokens,
  ),
  unit: perSecondUnitOf(chatTokens),
  axis: "tokens/s",
  stacked: true,
  queries: [
    {
      vector: rest(sumBy(perSecond(chatTokens, { direction: "input" }), "model"), cached),
      legend: "evaluated {{model}}",
    },
    { vector: cached, legend: "cached {{model}}" },
  ],
  noValue: "No traffic",
  width: 12,
});

/** What it takes to read the prompts. */
export const prompt: Row = {
  title: "Prompt evaluation",
  panels: [
    quantiles({
      title: "Prompt evaluation time",
      sentence: "How long the engine works on a prompt before its first token.",
      row: promptEval,
      quantile: (q) => quantile(q, promptEval, ["model"]),
      width: 12,
    }),
    sources,
  ],
};
