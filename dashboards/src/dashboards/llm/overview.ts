import { catalogue } from "@aiwatch/core";
import { tile } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import { appEndpoints, recent } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { endings, goodputTile } from "../shared/inferences.ts";
import { latencyTile, readerWaits, readerWaitTile, timePerTokenTile } from "../shared/latency.ts";
import { phases } from "../shared/phases.ts";
import { burnTile } from "../shared/slo.ts";
import {
  failedInferencesTile,
  failureLimits,
  processesTile,
  refusedTile,
  unreachableTile,
  waitingTile,
} from "../shared/waiting.ts";

const { httpRequests, chatTokens, errors, firstTokenLatency, modelLatency, inferences } = catalogue;

const width = 3;
const noTraffic = "No traffic";

const requests = sumBy(recent.perSecond(httpRequests, { endpoint: appEndpoints }));

const requestRate = tile({
  title: "Requests/s",
  description: describe(
    "Requests to the app per second over the last five minutes, without AIWatch's own routes.",
    httpRequests,
  ),
  unit: perSecondUnitOf(httpRequests),
  queries: [{ vector: requests, legend: "Requests" }],
  noValue: noTraffic,
  width,
});

const outputRate = tile({
  title: "Output tokens/s",
  description: describe(
    "Tokens that were generated per second over the last five minutes, all chosen models together. Idle time counts: this is throughput, not speed.",
    chatTokens,
  ),
  unit: perSecondUnitOf(chatTokens),
  queries: [{ vector: sumBy(recent.perSecond(chatTokens, { direction: "output" })), legend: "Output" }],
  noValue: noTraffic,
  decimals: 1,
  width,
});

const errorRatio = tile({
  title: "Error ratio",
  description: describe(
    "Failed requests over requests in the last five minutes: errors of operation `http`, of which a request has at most one, by requests to the app. What fails in the midst of an answer is in _Failed inferences_. Yellow from 0.1 %, red from 1 %.",
    errors,
    httpRequests,
  ),
  unit: ratioUnit,
  queries: [{ vector: ratio(sumBy(recent.perSecond(errors, { operation: "http" })), requests), legend: "Error ratio" }],
  limits: failureLimits,
  noValue: noTraffic,
  decimals: 2,
  width,
});

const latency = tile({
  title: "Latency p95",
  description: describe(
    "The response time that 95 % of completed generations stay under. Over the last five minutes.",
    modelLatency,
  ),
  unit: unitOf(modelLatency),
  queries: [{ vector: recent.quantile(0.95, modelLatency, [], { operation: "inference" }), legend: "Latency p95" }],
  noValue: noTraffic,
  width,
});

const aborted = tile({
  title: "Aborted",
  description: describe(
    "The share of inferences whose caller went away before the end, over the last five minutes. It is no error; where it rises with the waits, readers give up.",
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
  noValue: noTraffic,
  decimals: 1,
  width,
});

/** Do readers get answers, and how long do they wait? Now, how well over the visible time, and its course. */
export const overview: Row = {
  title: "Overview",
  panels: [
    unreachableTile(),
    processesTile(),
    requestRate,
    failedInferencesTile(),
    readerWaitTile(),
    timePerTokenTile(),
    waitingTile(),
    refusedTile(),
    goodputTile(5),
    burnTile(4),
    errorRatio,
    latencyTile(
      "TTFT p95",
      firstTokenLatency,
      "The model's time to first token that 95 % of answers stay under: it begins when the model is called, and knows nothing of the wait before.",
    ),
    latency,
    aborted,
    outputRate,
    readerWaits(12),
    endings(6),
    phases(6),
  ],
};
