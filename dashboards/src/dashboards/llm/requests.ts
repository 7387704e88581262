import { catalogue, type HistogramRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { toTraces } from "../../panels/links.ts";
import { bars } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { appEndpoints, inRange, mean, now, perSecond, quantile } from "../../promql/panel-queries.ts";
import { aboveZero, largest, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { quantiles } from "../shared/latency.ts";

const { httpRequests, httpRequestDuration, activeRequests, clientFirstToken, clientResponse, clientWebVital } =
  catalogue;
const { admissionWaiting, admissionWait, admissions } = catalogue;

const matchers = { endpoint: appEndpoints };
const noTraffic = "No traffic";

const rate = timeSeries({
  title: "API requests",
  description: describe(
    "Requests per second by endpoint and status, the 20 largest at each moment, without AIWatch's own routes.",
    httpRequests,
  ),
  unit: perSecondUnitOf(httpRequests),
  stacked: true,
  queries: [
    {
      vector: largest(20, sumBy(perSecond(httpRequests, matchers), "endpoint", "status")),
      legend: "{{endpoint}} {{status}}",
    },
  ],
  noValue: noTraffic,
  width: 12,
});

const statuses = timeSeries({
  title: "Requests by status",
  description: describe(
    "Requests per second by status, without AIWatch's own routes. Grey: 499, where the caller went away, which is no error.",
    httpRequests,
  ),
  unit: perSecondUnitOf(httpRequests),
  stacked: true,
  queries: [{ vector: sumBy(perSecond(httpRequests, matchers), "status"), legend: "{{status}}" }],
  noValue: noTraffic,
  width: 6,
});

const counts = bars({
  title: "API request counts",
  description: describe(
    "Requests in the visible time range by endpoint and status, the 20 largest, without AIWatch's own routes. Prometheus extrapolates to the range's ends: a count may be off by one.",
    httpRequests,
  ),
  unit: unitOf(httpRequests),
  queries: [
    {
      vector: largest(20, aboveZero(sumBy(inRange(httpRequests, matchers), "endpoint", "status"))),
      legend: "{{endpoint}} {{status}}",
    },
  ],
  noValue: noTraffic,
  width: 12,
});

const duration = timeSeries({
  title: "Request duration p95",
  description: describe(
    "The duration that 95 % of an endpoint's requests stay under; the ten slowest endpoints at each moment.",
    httpRequestDuration,
  ),
  unit: unitOf(httpRequestDuration),
  queries: [
    { vector: largest(10, quantile(0.95, httpRequestDuration, ["endpoint"], matchers)), legend: "{{endpoint}}" },
  ],
  noValue: noTraffic,
  links: [toTraces],
  width: 12,
});

const active = timeSeries({
  title: "Active requests over time",
  description: describe("Requests in flight, by instance; the ten that have most at each moment.", activeRequests),
  unit: unitOf(activeRequests),
  queries: [{ vector: largest(10, now(activeRequests, "instance")), legend: "{{instance}}" }],
  noValue: "No data",
  width: 6,
});

/** What the app's callers ask for. */
export const requests: Row = { title: "Requests", panels: [rate, counts, duration, statuses, active] };

const noQueue = "No queue observed";

const waiting = timeSeries({
  title: "Waiting for admission",
  description: describe("Who waits in the app's own queues now, by queue.", admissionWaiting),
  unit: unitOf(admissionWaiting),
  queries: [{ vector: now(admissionWaiting, "queue"), legend: "{{queue}}" }],
  noValue: noQueue,
  width: 8,
});

const waits = quantiles({
  title: "Wait for admission",
  sentence: "How long those who were admitted waited in the app's own queues.",
  row: admissionWait,
  quantile: (q) => quantile(q, admissionWait, ["queue"]),
  mean: mean(admissionWait, "queue"),
  by: "queue",
  noValue: noQueue,
  width: 8,
});

const admitted = timeSeries({
  title: "Admissions",
  description: describe(
    "Ended waits per second, by queue and how they ended: admitted, refused by a full queue, left by those who gave up, failed.",
    admissions,
  ),
  unit: perSecondUnitOf(admissions),
  queries: [{ vector: sumBy(perSecond(admissions), "queue", "outcome"), legend: "{{queue}} {{outcome}}" }],
  noValue: noQueue,
  width: 8,
});

/** The app's own queues, which a request passes before a model is called. */
export const queues: Row = { title: "The app's queues", panels: [waiting, waits, admitted] };

const noValue = "Nothing reported";

const seen = (title: string, row: HistogramRow, sentence: string) =>
  timeSeries({
    title,
    description: describe(`${sentence} The median, the 95th and the 99th percentile, and the mean.`, row),
    unit: unitOf(row),
    queries: [
      ...[0.5, 0.95, 0.99].map((q) => ({ vector: quantile(q, row, []), legend: `p${Math.round(q * 100)}` })),
      { vector: mean(row), legend: "mean" },
    ],
    noValue,
    width: 8,
  });

const vitals = timeSeries({
  title: "Web vitals p75",
  description: describe(
    "The time that 75 % of page views stay under, which is how web vitals are judged, by vital.",
    clientWebVital,
  ),
  unit: unitOf(clientWebVital),
  queries: [{ vector: quantile(0.75, clientWebVital, ["name"]), legend: "{{name}}" }],
  noValue,
  width: 8,
});

/** What the app's users saw, where the app takes their reports. */
export const browsers: Row = {
  title: "Browsers",
  collapsed: true,
  panels: [
    seen("First token in the browser", clientFirstToken, "How long a reader waits until the answer begins."),
    seen("Response in the browser", clientResponse, "How long a reader waits until the answer is whole."),
    vitals,
  ],
};
