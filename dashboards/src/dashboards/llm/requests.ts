import { catalogue, type HistogramRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { toTraces } from "../../panels/links.ts";
import { bars } from "../../panels/numbers.ts";
import { describe, describeGrowth } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { appEndpoints, grown, mean, now, perSecondInStep, quantile, visible } from "../../promql/panel-queries.ts";
import { ofTop, overall } from "../../promql/top.ts";
import { aboveZero, largest, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { admitted, waitingInLine, waitsInLine } from "../shared/admission.ts";
import { requestsByStatus } from "../shared/http.ts";

const { httpRequests, httpRequestDuration, activeRequests, clientFirstToken, clientResponse, clientWebVital } =
  catalogue;

const matchers = { endpoint: appEndpoints };
const noTraffic = "No traffic";

const rate = timeSeries({
  title: "API requests",
  description: describeGrowth(
    "Requests per second by endpoint and status, the 20 largest at each moment, without AIWatch's own routes.",
    httpRequests,
  ),
  unit: perSecondUnitOf(httpRequests),
  stacked: true,
  queries: [
    {
      vector: largest(20, perSecondInStep(sumBy(grown(httpRequests, matchers), "endpoint", "status"))),
      legend: "{{endpoint}} {{status}}",
    },
  ],
  noValue: noTraffic,
  width: 12,
});

const counts = bars({
  title: "API request counts",
  description: describeGrowth(
    "Requests in the visible time range by endpoint and status, the 20 largest, without AIWatch's own routes. Prometheus extrapolates to the range's ends: a count may be off by one.",
    httpRequests,
  ),
  unit: unitOf(httpRequests),
  queries: [
    {
      vector: largest(20, aboveZero(sumBy(visible.grown(httpRequests, matchers), "endpoint", "status"))),
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
  description: describe(
    "Requests in flight, by instance; the six that have most over the visible time.",
    activeRequests,
  ),
  unit: unitOf(activeRequests),
  queries: [
    {
      vector: ofTop(6, now(activeRequests, "instance"), overall(activeRequests, "avg_over_time", "instance")),
      legend: "{{instance}}",
    },
  ],
  noValue: "No data",
  width: 6,
});

/** What the app's callers ask for. */
export const requests: Row = { title: "Requests", panels: [rate, counts, duration, requestsByStatus(6), active] };

/** The app's own queues, which a request passes before a model is called. */
export const queues: Row = { title: "The app's queues", panels: [waitingInLine(8), waitsInLine(8), admitted(8)] };

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
