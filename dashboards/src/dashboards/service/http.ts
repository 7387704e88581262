import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { heatmap } from "../../panels/heatmap.ts";
import { toDashboard, toTraces } from "../../panels/links.ts";
import { describe, describeGrowth } from "../../panels/panel.ts";
import { metricTable } from "../../panels/tables.ts";
import { perSecondUnitOf, ratioUnit, smallShare, unitOf } from "../../panels/units.ts";
import {
  appEndpoints,
  chosen,
  grown,
  perSecondInStep,
  perSecondOfRecent,
  quantile,
  recent,
  visible,
} from "../../promql/panel-queries.ts";
import { type Matching, select } from "../../promql/select.ts";
import { ofTop, overallGrowth, overallOf } from "../../promql/top.ts";
import { ratio, sumBy, type Vector } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { requestsByStatus } from "../shared/http.ts";

const { httpRequests, httpRequestDuration } = catalogue;

const noTraffic = "No traffic";

/** The variable that says which of the app's endpoints wait for a model. */
export const inferenceEndpoints: Matching = { matching: "$inference_endpoint" };

const app = { endpoint: appEndpoints };

/** So many endpoints can be told apart. */
const most = 10;

const ofEndpoints = sumBy(grown(httpRequests, app), "endpoint");
const visibleOfEndpoints = sumBy(overallGrowth(httpRequests, app), "endpoint");

/** The share of an endpoint's requests that have the status, of the ten endpoints in which it is largest. */
function worst(status: string | Matching): Vector<"endpoint"> {
  const matchers = { ...app, status };
  const lines = ratio(sumBy(grown(httpRequests, matchers), "endpoint"), ofEndpoints);
  return ofTop(most, lines, ratio(sumBy(overallGrowth(httpRequests, matchers), "endpoint"), visibleOfEndpoints));
}

const byEndpoint = timeSeries({
  title: "Requests by endpoint",
  description: describeGrowth(
    "Requests per second of the ten endpoints that have most, without AIWatch's own routes. `unmatched` are requests that no route took: where they are many, somebody is scanning or a link is wrong.",
    httpRequests,
  ),
  unit: perSecondUnitOf(httpRequests),
  queries: [{ vector: ofTop(most, perSecondInStep(ofEndpoints), visibleOfEndpoints), legend: "{{endpoint}}" }],
  noValue: noTraffic,
  width: 12,
});

const failing = timeSeries({
  title: "Failing endpoints",
  description: describeGrowth(
    "The share of an endpoint's requests that were answered with 500 or above, of the ten worst. Nothing here is good; 503 of a full queue is in it.",
    httpRequests,
  ),
  unit: ratioUnit,
  queries: [{ vector: worst({ matching: "5.." }), legend: "{{endpoint}}" }],
  leastAxis: smallShare,
  noValue: "None fails",
  width: 12,
});

const gone = timeSeries({
  title: "Callers who went away",
  description: describeGrowth(
    "The share of an endpoint's requests whose caller closed the connection before the end, of the ten endpoints that have most: status 499. A few are people who stop an answer; many are people who lose patience, or a proxy's timeout.",
    httpRequests,
  ),
  unit: ratioUnit,
  queries: [{ vector: worst("499"), legend: "{{endpoint}}" }],
  leastAxis: smallShare,
  noValue: "Nobody",
  width: 12,
});

/** What is asked of the app, and how it answers. */
export const requests: Row = { title: "HTTP requests", panels: [requestsByStatus(12), byEndpoint, failing, gone] };

const inference = { endpoint: inferenceEndpoints };

const inferenceDurations = timeSeries({
  title: "Duration of inference endpoints",
  description: describe(
    "From the arrival to the end of the response, of the endpoints that the variable Inference endpoints names, all together. The dots are single requests: a click leads to the trace. It grows with the answers; what a reader waits for is the first token.",
    httpRequestDuration,
  ),
  unit: unitOf(httpRequestDuration),
  queries: [0.5, 0.95, 0.99].map((q) => ({
    vector: quantile(q, httpRequestDuration, [], inference),
    legend: `p${q * 100}`,
    exemplar: true,
  })),
  links: [toTraces],
  noValue: "No traffic, or no endpoint of that name",
  width: 8,
});

const slowest = timeSeries({
  title: "Slowest endpoints",
  description: describe(
    "The duration that 95 % of an endpoint's requests stay under, of the ten slowest. An endpoint that asks no model and is among them waits for something else: a database, or the event loop.",
    httpRequestDuration,
  ),
  unit: unitOf(httpRequestDuration),
  queries: [
    {
      vector: ofTop(
        most,
        quantile(0.95, httpRequestDuration, ["endpoint"], app),
        overallOf(0.95, httpRequestDuration, app, "endpoint"),
      ),
      legend: "{{endpoint}}",
    },
  ],
  noValue: noTraffic,
  width: 8,
});

function inferenceBuckets(): Vector<"le"> {
  const options = { scope: chosen, matchers: inference, suffix: "_bucket", range: "$__rate_interval" } as const;
  return { promql: `sum by (le) (increase(${select(httpRequestDuration, options).promql}))`, labels: ["le"] };
}

const durations = heatmap({
  title: "Request durations",
  description: describe(
    "Requests by how long they took, the inference endpoints' alone. Two bands are two kinds of requests, such as short and long answers, which a percentile mixes.",
    httpRequestDuration,
  ),
  boundsUnit: unitOf(httpRequestDuration),
  axis: "duration, up to",
  buckets: inferenceBuckets(),
  noValue: "No traffic, or no endpoint of that name",
  width: 8,
});

const recentOfEndpoints = sumBy(recent.grown(httpRequests, app), "endpoint");
const recentShare = (status: string | Matching) =>
  ratio(sumBy(recent.grown(httpRequests, { ...app, status }), "endpoint"), recentOfEndpoints);

const table = metricTable({
  title: "Endpoints",
  description: describeGrowth(
    "Each endpoint of the app: its requests of the last five minutes, what became of them, and how long they took. AIWatch's own routes are left out. Durations are of all statuses: refusals, which take no time, make a median short. AIWatch measures no sizes of requests and answers: what an answer weighs are its tokens.",
    httpRequests,
    httpRequestDuration,
  ),
  by: { endpoint: "Endpoint" },
  metrics: [
    {
      title: "Requests/s",
      vector: perSecondOfRecent(recentOfEndpoints),
      unit: perSecondUnitOf(httpRequests),
    },
    {
      title: "In the visible time",
      vector: sumBy(visible.grown(httpRequests, app), "endpoint"),
      unit: unitOf(httpRequests),
      decimals: 0,
    },
    {
      title: "Failed",
      vector: recentShare({ matching: "5.." }),
      unit: ratioUnit,
      decimals: 2,
      limits: {
        below: "text",
        steps: [
          { from: 0.001, color: "yellow" },
          { from: 0.01, color: "red" },
        ],
      },
    },
    {
      title: "Went away",
      vector: recentShare("499"),
      unit: ratioUnit,
      decimals: 1,
    },
    ...[0.5, 0.95, 0.99].map((q) => ({
      title: `p${q * 100}`,
      vector: recent.quantile(q, httpRequestDuration, ["endpoint"], app),
      unit: unitOf(httpRequestDuration),
    })),
  ],
  links: [toDashboard("llm-dashboard", "Chats of the same scope")],
  largest: "Requests/s",
  widths: { Endpoint: 280 },
  noValue: noTraffic,
  width: 24,
  height: 9,
});

/** How long requests take. */
export const durationsOfRequests: Row = {
  title: "HTTP durations",
  panels: [inferenceDurations, slowest, durations, table],
};
