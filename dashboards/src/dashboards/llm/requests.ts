import { catalogue } from "@aiwatch/core";
import { bars } from "../../panels/bars.ts";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { aboveZero } from "../../promql/arithmetic.ts";
import { inRange, perSecond } from "../../promql/counters.ts";
import { now } from "../../promql/gauges.ts";
import { quantile } from "../../promql/histograms.ts";
import { appEndpoints } from "../../promql/own-routes.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";

const { httpRequests, httpRequestDuration, activeRequests } = catalogue;
const matchers = { endpoint: appEndpoints };
const noTraffic = "No traffic";

const rate = timeSeries({
  title: "API requests",
  description: describe("Requests per second by endpoint and status, without AIWatch's own routes.", httpRequests),
  unit: perSecondUnitOf(httpRequests),
  queries: [
    { vector: sumBy(perSecond(httpRequests, matchers), "endpoint", "status"), legend: "{{endpoint}} {{status}}" },
  ],
  noValue: noTraffic,
  width: 7,
});

const counts = bars({
  title: "API request counts",
  description: describe(
    "Requests in the visible time range by endpoint and status, without AIWatch's own routes. Prometheus extrapolates to the range's ends: a count may be off by one.",
    httpRequests,
  ),
  unit: unitOf(httpRequests),
  queries: [
    {
      vector: aboveZero(sumBy(inRange(httpRequests, matchers), "endpoint", "status")),
      legend: "{{endpoint}} {{status}}",
    },
  ],
  noValue: noTraffic,
  width: 5,
});

const duration = timeSeries({
  title: "Request duration p95",
  description: describe("The duration that 95 % of an endpoint's requests stay under.", httpRequestDuration),
  unit: unitOf(httpRequestDuration),
  queries: [
    { vector: quantile(0.95, httpRequestDuration, ["endpoint"], matchers), legend: "{{endpoint}}", exemplar: true },
  ],
  noValue: noTraffic,
  width: 6,
});

const active = timeSeries({
  title: "Active requests over time",
  description: describe("Requests in flight, by instance.", activeRequests),
  unit: unitOf(activeRequests),
  queries: [{ vector: now(activeRequests, "instance"), legend: "{{instance}}" }],
  noValue: "No data",
  width: 6,
});

/** What the app's callers ask for. */
export const requests: Row = { title: "Requests", panels: [rate, counts, duration, active] };
