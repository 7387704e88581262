import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/counters.ts";
import { now } from "../../promql/gauges.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";

const { chatTokens, cachedPromptTokens, reasoningTokens, undeliveredTokens, tokensPerSecond } = catalogue;

const usage = timeSeries({
  title: "Token usage",
  description: describe("Tokens per second by direction and model.", chatTokens),
  unit: perSecondUnitOf(chatTokens),
  axis: "tokens/s",
  queries: [{ vector: sumBy(perSecond(chatTokens), "direction", "model"), legend: "{{direction}} {{model}}" }],
  noValue: "No traffic",
  width: 6,
});

const speed = timeSeries({
  title: "Generation speed",
  description: describe(
    "How fast each model generates while it does, whatever engine runs it; a gap where it was idle.",
    tokensPerSecond,
  ),
  unit: unitOf(tokensPerSecond),
  axis: "tokens/s",
  queries: [{ vector: now(tokensPerSecond, "model"), legend: "{{model}}" }],
  noValue: "Idle",
  width: 6,
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
  width: 6,
});

const unseen = timeSeries({
  title: "Thought and undelivered tokens",
  description: describe(
    "The parts of the output per second that nobody reads, by model: what the model thought, and what was generated after its reader had gone.",
    reasoningTokens,
    undeliveredTokens,
  ),
  unit: perSecondUnitOf(undeliveredTokens),
  axis: "tokens/s",
  queries: [
    { vector: sumBy(perSecond(reasoningTokens), "model"), legend: "thought {{model}}" },
    { vector: sumBy(perSecond(undeliveredTokens), "model"), legend: "undelivered {{model}}" },
  ],
  noValue: "No traffic",
  width: 6,
});

/** What the models take in and give out. */
export const tokens: Row = { title: "Tokens", panels: [usage, speed, cached, unseen] };
