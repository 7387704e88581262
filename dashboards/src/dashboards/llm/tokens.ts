import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/counters.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";

const { chatTokens, cachedPromptTokens, inferences } = catalogue;

const usage = timeSeries({
  title: "Token usage",
  description: describe("Tokens per second by direction and model.", chatTokens),
  unit: perSecondUnitOf(chatTokens),
  axis: "tokens/s",
  queries: [{ vector: sumBy(perSecond(chatTokens), "direction", "model"), legend: "{{direction}} {{model}}" }],
  noValue: "No traffic",
  width: 8,
});

const cached = timeSeries({
  title: "Cached prompt tokens",
  description: describe(
    "Prompt tokens per second that did not have to be evaluated again, by model.",
    cachedPromptTokens,
  ),
  unit: perSecondUnitOf(cachedPromptTokens),
  axis: "tokens/s",
  queries: [{ vector: sumBy(perSecond(cachedPromptTokens), "model"), legend: "{{model}}" }],
  noValue: "No traffic",
  width: 8,
});

const endings = timeSeries({
  title: "Inferences by finish reason",
  description: describe(
    "Ended inferences per second by how they ended. `aborted`: the caller went away, which is no error.",
    inferences,
  ),
  unit: perSecondUnitOf(inferences),
  stacked: true,
  queries: [{ vector: sumBy(perSecond(inferences), "finish_reason"), legend: "{{finish_reason}}" }],
  noValue: "No traffic",
  width: 8,
});

/** What the models take in and give out. */
export const tokens: Row = { title: "Tokens and inferences", panels: [usage, cached, endings] };
