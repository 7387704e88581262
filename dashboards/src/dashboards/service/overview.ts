import { catalogue } from "@aiwatch/core";
import { tile } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { ratioUnit, unitOf } from "../../panels/units.ts";
import { now, recent, visible } from "../../promql/panel-queries.ts";
import { sumBy, type Vector } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { errorRatioTile, requestRateTile, shareOfRequests } from "../shared/http.ts";
import { eventLoopTile } from "../shared/latency.ts";
import { leavingLimits, leavingSaid } from "../shared/waiting.ts";
import { inferenceEndpoints } from "./http.ts";

const { requestOutcomes, httpRequestDuration, activeRequests, admissionWaiting, telemetryErrors, spansDropped } =
  catalogue;

const width = 3;

const duration = tile({
  title: "Model requests p95",
  description: describe(
    "The duration that 95 % of the requests to the inference endpoints stay under, from the arrival to the end of the response.",
    httpRequestDuration,
  ),
  unit: unitOf(httpRequestDuration),
  queries: [
    {
      vector: recent.quantile(0.95, httpRequestDuration, [], { endpoint: inferenceEndpoints }),
      legend: "Model requests p95",
    },
  ],
  noValue: "None ended",
  width,
});

const inFlight = tile({
  title: "Requests in flight",
  description: describe("Requests that arrived and did not end yet, without AIWatch's own routes.", activeRequests),
  unit: unitOf(activeRequests),
  queries: [{ vector: now(activeRequests), legend: "In flight" }],
  noValue: "No data",
  width,
});

const gone = tile({
  title: "Went away",
  description: describe(
    `The share of requests whose caller closed the connection before the end: status 499. ${leavingSaid}`,
    requestOutcomes,
  ),
  unit: ratioUnit,
  queries: [{ vector: shareOfRequests("left"), legend: "Went away" }],
  limits: leavingLimits,
  decimals: 1,
  noValue: "None",
  width,
});

const line = tile({
  title: "In the app's queues",
  description: describe("Who waits in the app's own queues now, all of them together. 0 is good.", admissionWaiting),
  unit: unitOf(admissionWaiting),
  queries: [{ vector: now(admissionWaiting), legend: "In line" }],
  noValue: "No queue",
  width,
});

const sum = (...parts: readonly Vector<never>[]): Vector<never> => ({
  promql: parts.map(({ promql }) => promql).join(" + "),
  labels: [],
});

const faults = tile({
  title: "AIWatch's faults",
  description: describe(
    "Faults of the instrumentation and spans that were lost, in the visible time range. 0 is good: with any, other panels or traces lack something. The app is unharmed.",
    telemetryErrors,
    spansDropped,
  ),
  unit: unitOf(telemetryErrors),
  queries: [
    {
      vector: sum(
        sumBy(visible.increase(telemetryErrors, "$__range")),
        sumBy(visible.increase(spansDropped, "$__range")),
      ),
      legend: "Faults",
    },
  ],
  limits: { below: "green", steps: [{ from: 0.5, color: "red" }] },
  decimals: 0,
  noValue: "No data",
  width,
});

/** How the service does now. */
export const overview: Row = {
  title: "Overview",
  panels: [requestRateTile(), errorRatioTile(), duration, inFlight, gone, line, eventLoopTile(), faults],
};
