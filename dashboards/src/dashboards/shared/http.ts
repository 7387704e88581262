import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { tile, tileHeight } from "../../panels/numbers.ts";
import { describe, describeGrowth } from "../../panels/panel.ts";
import { perSecondUnitOf, ratioUnit } from "../../panels/units.ts";
import { appEndpoints, grown, perSecondInStep, recent } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";
import { failureLimits } from "./waiting.ts";

const { httpRequests, requestOutcomes } = catalogue;

type Outcome = (typeof requestOutcomes.labels.outcome.values)[number];

const requests = sumBy(recent.perSecond(requestOutcomes));

/** The share of the app's requests with an outcome, over the last five minutes. */
export const shareOfRequests = (outcome: Outcome) =>
  ratio(sumBy(recent.perSecond(requestOutcomes, { outcome })), requests);

export const requestRateTile = (width = 3, height = tileHeight) =>
  tile({
    title: "Requests/s",
    description: describe(
      "Requests to the app that ended, per second over the last five minutes, without AIWatch's own routes.",
      requestOutcomes,
    ),
    unit: perSecondUnitOf(requestOutcomes),
    queries: [{ vector: requests, legend: "Requests" }],
    noValue: "No data",
    width,
    height,
  });

export const errorRatioTile = (width = 3, height = tileHeight) =>
  tile({
    title: "Error ratio",
    description: describe(
      "Failed requests over requests to the app in the last five minutes: answers of 500 and above, and those that broke off. What fails in the midst of an answer is in _Failed inferences_. Yellow from 0.1 %, red from 1 %.",
      requestOutcomes,
    ),
    unit: ratioUnit,
    queries: [{ vector: shareOfRequests("failed"), legend: "Error ratio" }],
    limits: failureLimits,
    noValue: "None ended",
    decimals: 2,
    width,
    height,
  });

export const requestsByStatus = (width: number) =>
  timeSeries({
    title: "Requests by status",
    description: describeGrowth(
      "Requests per second by status, without AIWatch's own routes. Green is good; yellow are callers' mistakes, red are ours; grey, 499, are callers who went away before the end.",
      httpRequests,
    ),
    unit: perSecondUnitOf(httpRequests),
    stacked: true,
    queries: [
      {
        vector: perSecondInStep(sumBy(grown(httpRequests, { endpoint: appEndpoints }), "status")),
        legend: "{{status}}",
      },
    ],
    noValue: "No traffic",
    width,
  });
