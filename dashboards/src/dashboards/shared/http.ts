import { catalogue } from "@aiwatch/core";
import { tile } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, ratioUnit } from "../../panels/units.ts";
import { appEndpoints, recent } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";

const { httpRequests, errors } = catalogue;

const width = 3;
const noTraffic = "No traffic";
const requests = () => sumBy(recent.perSecond(httpRequests, { endpoint: appEndpoints }));

export const requestRateTile = () =>
  tile({
    title: "Requests/s",
    description: describe("Requests to the app per second, without AIWatch's own routes.", httpRequests),
    unit: perSecondUnitOf(httpRequests),
    queries: [{ vector: requests(), legend: "Requests" }],
    noValue: noTraffic,
    width,
  });

export const errorRatioTile = () =>
  tile({
    title: "Error ratio",
    description: describe(
      "Failed requests over requests: errors of operation `http`, of which a request has at most one, by requests to the app. Yellow from 0.1 %, red from 1 %.",
      errors,
      httpRequests,
    ),
    unit: ratioUnit,
    queries: [
      { vector: ratio(sumBy(recent.perSecond(errors, { operation: "http" })), requests()), legend: "Error ratio" },
    ],
    limits: {
      below: "green",
      steps: [
        { from: 0.001, color: "yellow" },
        { from: 0.01, color: "red" },
      ],
    },
    noValue: noTraffic,
    decimals: 2,
    width,
  });
