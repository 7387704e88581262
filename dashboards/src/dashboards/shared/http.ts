import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { tile, tileHeight } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, ratioUnit } from "../../panels/units.ts";
import { appEndpoints, perSecond, recent } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";
import { failureLimits } from "./waiting.ts";

const { httpRequests, errors } = catalogue;

const noTraffic = "No traffic";

const requests = sumBy(recent.perSecond(httpRequests, { endpoint: appEndpoints }));

export const requestRateTile = (width = 3, height = tileHeight) =>
  tile({
    title: "Requests/s",
    description: describe(
      "Requests to the app per second over the last five minutes, without AIWatch's own routes.",
      httpRequests,
    ),
    unit: perSecondUnitOf(httpRequests),
    queries: [{ vector: requests, legend: "Requests" }],
    noValue: noTraffic,
    width,
    height,
  });

export const errorRatioTile = (width = 3, height = tileHeight) =>
  tile({
    title: "Error ratio",
    description: describe(
      "Failed requests over requests in the last five minutes: errors of operation `http`, of which a request has at most one, by requests to the app. What fails in the midst of an answer is in _Failed inferences_. Yellow from 0.1 %, red from 1 %.",
      errors,
      httpRequests,
    ),
    unit: ratioUnit,
    queries: [
      { vector: ratio(sumBy(recent.perSecond(errors, { operation: "http" })), requests), legend: "Error ratio" },
    ],
    limits: failureLimits,
    noValue: noTraffic,
    decimals: 2,
    width,
    height,
  });

export const requestsByStatus = (width: number) =>
  timeSeries({
    title: "Requests by status",
    description: describe(
      "Requests per second by status, without AIWatch's own routes. Green is good; yellow are callers' mistakes, red are ours; grey, 499, are callers who went away before the end.",
      httpRequests,
    ),
    unit: perSecondUnitOf(httpRequests),
    stacked: true,
    queries: [{ vector: sumBy(perSecond(httpRequests, { endpoint: appEndpoints }), "status"), legend: "{{status}}" }],
    noValue: noTraffic,
    width,
  });
