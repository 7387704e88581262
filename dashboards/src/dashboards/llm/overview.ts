import { catalogue } from "@aiwatch/core";
import { toModels } from "../../panels/links.ts";
import { tile, trendHeight } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import { recent } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { errorRatioTile, requestRateTile } from "../shared/http.ts";
import { endings, goodputTile, oldestInferenceTile } from "../shared/inferences.ts";
import {
  latencyTile,
  ofWorstModel,
  readerWaits,
  readerWaitTile,
  timePerTokenTile,
  worstModel,
} from "../shared/latency.ts";
import { phases } from "../shared/phases.ts";
import { burnTile } from "../shared/slo.ts";
import {
  failedInferencesTile,
  leavingLimits,
  leavingSaid,
  processesTile,
  refusedTile,
  unreachableTile,
  waitingTile,
} from "../shared/waiting.ts";

const { chatTokens, firstTokenLatency, modelLatency, inferences } = catalogue;

const width = 3;
/** Each line of tiles has one with a course. */
const height = trendHeight;

const outputRate = tile({
  title: "Output tokens/s",
  description: describe(
    "Tokens that were generated per second over the last five minutes, all chosen models together. Idle time counts: this is throughput, not speed.",
    chatTokens,
  ),
  unit: perSecondUnitOf(chatTokens),
  queries: [{ vector: sumBy(recent.perSecond(chatTokens, { direction: "output" })), legend: "Output" }],
  noValue: "No tokens",
  width,
  height,
});

const latency = tile({
  title: "Latency p95",
  description: describe(
    `The response time that 95 % of completed generations stay under. ${ofWorstModel}.`,
    modelLatency,
  ),
  unit: unitOf(modelLatency),
  queries: [{ vector: worstModel(modelLatency, { operation: "inference" }), legend: "worst model" }],
  links: [toModels],
  noValue: "No answers",
  width,
  height,
});

const aborted = tile({
  title: "Aborted",
  description: describe(
    `The share of inferences whose caller went away before the end, over the last five minutes. ${leavingSaid} Who leaves the app's own queue has no inference yet: they are in _Admissions_, as \`left\`.`,
    inferences,
  ),
  unit: ratioUnit,
  queries: [
    {
      vector: ratio(
        sumBy(recent.perSecond(inferences, { finish_reason: "aborted" })),
        sumBy(recent.perSecond(inferences)),
      ),
      legend: "Aborted",
    },
  ],
  limits: leavingLimits,
  noValue: "None ended",
  decimals: 1,
  width,
  height,
});

/** Do readers get answers, and how long do they wait? Now, how well over the visible time, and its course. */
export const overview: Row = {
  title: "Overview",
  panels: [
    unreachableTile(width, height),
    processesTile(width, height),
    requestRateTile(width, height),
    failedInferencesTile(width, height),
    readerWaitTile(width, height),
    timePerTokenTile(width, height),
    waitingTile(width),
    refusedTile(width, height),
    oldestInferenceTile(width),
    goodputTile(width),
    burnTile(width, height),
    errorRatioTile(width, height),
    latencyTile(
      "TTFT p95",
      firstTokenLatency,
      "The model's time to first token that 95 % of answers stay under: it begins when the model is called, and knows nothing of the wait before.",
      width,
      height,
    ),
    latency,
    aborted,
    outputRate,
    readerWaits(12),
    endings(6),
    phases(6),
  ],
};
