import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/counters.ts";
import { now } from "../../promql/gauges.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { eventLoopDelays, timesPerToken, tokenGaps } from "../shared/pace.ts";

const { llamaCppTokensPerSecond, chatTokens } = catalogue;

const speed = timeSeries({
  title: "Tokens per second over time",
  description: describe(
    "How fast each model generates while it does; a gap where it was idle.",
    llamaCppTokensPerSecond,
  ),
  unit: unitOf(llamaCppTokensPerSecond),
  axis: "tokens/s",
  queries: [{ vector: now(llamaCppTokensPerSecond, "model"), legend: "{{model}}" }],
  noValue: "Idle",
  width: 12,
});

const processing = timeSeries({
  title: "Token processing over time",
  description: describe(
    "Tokens in and out per second by direction and model. Idle time counts: this is throughput, not speed.",
    chatTokens,
  ),
  unit: perSecondUnitOf(chatTokens),
  axis: "tokens/s",
  queries: [{ vector: sumBy(perSecond(chatTokens), "direction", "model"), legend: "{{direction}} {{model}}" }],
  noValue: "No traffic",
  width: 12,
});

/** What the models put out, and at what pace. */
export const generation: Row = {
  title: "Generation",
  panels: [speed, processing, tokenGaps(8), eventLoopDelays(8), timesPerToken(8)],
};
