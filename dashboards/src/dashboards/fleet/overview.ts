import { catalogue } from "@aiwatch/core";
import { toModels } from "../../panels/links.ts";
import { tile } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { describeRecorded, nothingRecorded } from "../../panels/recorded.ts";
import { unitOf } from "../../panels/units.ts";
import { restarts } from "../../promql/over-processes.ts";
import { now } from "../../promql/panel-queries.ts";
import { recordedQuantile } from "../../promql/recorded-queries.ts";
import { countBy, maxBy, sumBy } from "../../promql/vector.ts";
import { recorded } from "../../rules/recorded.ts";
import type { Row } from "../dashboard.ts";
import { activeInferencesTile, queuedInferencesTile } from "../shared/inferences.ts";
import { processesTile, unreachableTile } from "../shared/waiting.ts";

const { buildInfo, eventLoopDelay, httpRequests, requestFirstToken } = catalogue;

const width = 3;

const versions = tile({
  title: "Releases",
  description: describe(
    "How many releases of AIWatch and Node.js the processes run. 1 is good; more for longer than a rollout takes means that it stopped half way.",
    buildInfo,
  ),
  unit: "none",
  queries: [
    { vector: countBy(countBy(now(buildInfo, "version", "node", "instance"), "version", "node")), legend: "Releases" },
  ],
  limits: { below: "green", steps: [{ from: 2, color: "yellow" }] },
  noValue: "No data",
  width,
});

const restarted = tile({
  title: "Restarts",
  description: describe(
    "How often the chosen processes began anew in the visible time range: their counters fell. 0 is good, but for a rollout. One that answered Prometheus once between two restarts is not seen.",
    httpRequests,
  ),
  unit: "none",
  queries: [{ vector: sumBy(restarts(httpRequests, "$__range")), legend: "Restarts" }],
  limits: { below: "green", steps: [{ from: 1, color: "yellow" }] },
  noValue: "No data",
  width,
});

const firstToken = tile({
  title: "Slowest first token",
  description: describeRecorded(
    "The wait from the request's arrival to the first token that 95 % of readers stay under, all processes together; of several models the worst, and a click leads to the table that says which.",
    [recorded.requestFirstTokenBuckets],
    requestFirstToken,
  ),
  unit: unitOf(requestFirstToken),
  queries: [
    { vector: maxBy(recordedQuantile(0.95, recorded.requestFirstTokenBuckets, "model")), legend: "worst model" },
  ],
  links: [toModels],
  noValue: nothingRecorded,
  width,
});

const worstLoop = tile({
  title: "Slowest event loop",
  description: describeRecorded(
    "The longest 99th percentile of the event-loop delay that any process has. Yellow from 50 ms, where readers see stutter; red from 500 ms, where an alert fires.",
    [recorded.eventLoopDelayBuckets],
    eventLoopDelay,
  ),
  unit: unitOf(eventLoopDelay),
  queries: [
    { vector: maxBy(recordedQuantile(0.99, recorded.eventLoopDelayBuckets, "job", "instance")), legend: "Slowest" },
  ],
  limits: {
    below: "green",
    steps: [
      { from: 0.05, color: "yellow" },
      { from: 0.5, color: "red" },
    ],
  },
  noValue: nothingRecorded,
  width,
});

/** Whether all are there, and do alike. */
export const overview: Row = {
  title: "Overview",
  panels: [
    processesTile(),
    unreachableTile(),
    restarted,
    versions,
    firstToken,
    worstLoop,
    activeInferencesTile(),
    queuedInferencesTile(),
  ],
};
