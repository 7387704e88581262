import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/counters.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { goodputOverTime } from "../shared/goodput.ts";
import { endings, inWork } from "../shared/inferences.ts";
import { toolCallRate } from "../shared/tools.ts";

const { chatTokens, cachedPromptTokens, promptEvalTokens, reasoningTokens, undeliveredTokens } = catalogue;

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
