import { catalogue } from "@aiwatch/core";
import { dial, tile } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import { appEndpoints, now, recent } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { activeInferencesTile, goodputTile, queuedInferencesTile } from "../shared/inferences.ts";
import { eventLoopTile, latencyTile, timePerTokenTile, tokenGapTile } from "../shared/latency.ts";

const { httpRequests, chatTokens, errors, firstTokenLatency, modelLatency, activeRequests, modelMemory } = catalogue;
const { inferences, queueTime } = catalogue;

const width = 3;
const height = 4;
const noTraffic = "No traffic";
const noData = "No data";

const requests = sumBy(recent.perSecond(httpRequests, { endpoint: appEndpoints }));

const requestRate = tile({
  title: "Requests/s",
  description: describe("Requests to the app per second, without AIWatch's own routes.", httpRequests),
  unit: perSecondUnitOf(httpRequests),
  queries: [{ vector: requests, legend: "Requests" }],
  noValue: noTraffic,
  width,
});

const tokenRate = (direction: "input" | "output", title: string) =>
  tile({
    title,
    description: describe(
      `Tokens per second, direction \`${direction}\`, all chosen models together. Idle time counts: this is throughput, not speed.`,
      chatTokens,
    ),
    unit: perSecondUnitOf(chatTokens),
    queries: [{ vector: sumBy(recent.perSecond(chatTokens, { direction })), legend: title }],
    noValue: noTraffic,
    width,
  });

const errorRatio = tile({
  title: "Error ratio",
  description: describe(
    "Failed requests over requests: errors of operation `http`, of which a request has at most one, by requests to the app. Yellow from 0.1 %, red from 1 %.",
    errors,
    httpRequests,
  ),
  unit: ratioUnit,
  queries: [{ vector: ratio(sumBy(recent.perSecond(errors, { operation: "http" })), requests), legend: "Error ratio" }],
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

const firstToken = latencyTile(
  "TTFT p95",
  firstTokenLatency,
  "The time to first token that 95 % of answers stay under.",
);

const latency = tile({
  title: "Latency p95",
  description: describe("The response time that 95 % of completed generations stay under.", modelLatency),
  unit: unitOf(modelLatency),
  queries: [{ vector: recent.quantile(0.95, modelLatency, [], { operation: "inference" }), legend: "Latency p95" }],
  noValue: noTraffic,
  width,
});

const active = dial({
  title: "Active requests",
  description: describe("Requests in flight. The dial is full at 20; the number goes on.", activeRequests),
  unit: unitOf(activeRequests),
  queries: [{ vector: now(activeRequests), legend: "Active" }],
  noValue: noData,
  full: 20,
  width,
  height,
});

const memory = tile({
  title: "Model memory",
  description: describe("Memory of the loaded models' tensors, all chosen models together.", modelMemory),
  unit: unitOf(modelMemory),
  queries: [{ vector: now(modelMemory), legend: "Model memory" }],
  noValue: noData,
  width,
});

const aborted = tile({
  title: "Aborted",
  description: describe("The share of inferences whose caller went away before the end.", inferences),
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

/** What is going on now: a line for what comes and goes, and one for how good and how busy the models are. */
export const overview: Row = {
  title: "Overview",
  panels: [
    requestRate,
    tokenRate("input", "Input tokens/s"),
    tokenRate("output", "Output tokens/s"),
    errorRatio,
    firstToken,
    latency,
    active,
    memory,
    goodputTile(),
    timePerTokenTile(),
    tokenGapTile(),
    eventLoopTile(),
    latencyTile("Queue time p95", queueTime, "The wait for the engine that 95 % of inferences stay under."),
    activeInferencesTile(),
    queuedInferencesTile(),
    aborted,
  ],
};
