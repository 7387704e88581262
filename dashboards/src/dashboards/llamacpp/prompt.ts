import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/counters.ts";
import { quantile } from "../../promql/histograms.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { quantiles } from "../quantiles.ts";

const { promptEval, promptEvalTokens, cachedPromptTokens } = catalogue;

const sources = timeSeries({
  title: "Prompt tokens evaluated and cached",
  description: describe(
    "Prompt tokens per second by model: those that were evaluated and those that the KV cache already had.",
    promptEvalTokens,
    cachedPromptTokens,
  ),
  unit: perSecondUnitOf(promptEvalTokens),
  axis: "tokens/s",
  stacked: true,
  queries: [
    { vector: sumBy(perSecond(promptEvalTokens), "model"), legend: "evaluated {{model}}" },
    { vector: sumBy(perSecond(cachedPromptTokens), "model"), legend: "cached {{model}}" },
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
