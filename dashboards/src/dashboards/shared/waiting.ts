import { catalogue } from "@aiwatch/core";
import { courseTile } from "../../panels/course.ts";
import { toDashboard } from "../../panels/links.ts";
import { tile, tileHeight } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { describeRecorded } from "../../panels/recorded.ts";
import { ratioUnit, unitOf } from "../../panels/units.ts";
import { outside } from "../../promql/outside-series.ts";
import { processCount, unreachable } from "../../promql/over-processes.ts";
import { chosen, recent } from "../../promql/panel-queries.ts";
import { select } from "../../promql/select.ts";
import { ratio, sumBy, union } from "../../promql/vector.ts";
import { recorded } from "../../rules/recorded.ts";

const { activeRequests, admissionWaiting, queuedInferences, admissions, inferences } = catalogue;

export const unreachableTile = (width = 3, height = tileHeight) =>
  tile({
    title: "Unreachable",
    description: describeRecorded(
      "Processes that Prometheus does not reach now, of jobs that served AIWatch's metrics within a day. What they do is in no other panel. Without a value Prometheus knows of no process at all.",
      [recorded.lastShown],
      outside.up,
      activeRequests,
    ),
    unit: unitOf(outside.up),
    queries: [{ vector: unreachable(), legend: "Unreachable" }],
    limits: { below: "green", steps: [{ from: 1, color: "red" }] },
    noValue: "No data",
    width,
    height,
  });

export const processesTile = (width = 3, height = tileHeight) =>
  tile({
    title: "Processes",
    description: describeRecorded("Processes that answer Prometheus now.", [recorded.processes], activeRequests),
    unit: unitOf(outside.up),
    queries: [{ vector: processCount(), legend: "Processes" }],
    noValue: "None",
    width,
    height,
  });

/** Where AIWatch sees no queue: a server behind HTTP may have one. */
export const noQueue = "None known";

/** Who waits, and whether they become more. */
export const waitingTile = (width = 3) =>
  courseTile({
    title: "Waiting",
    sentence:
      "Who waits now: in the app's own queues before a model is called, and in the engine's. A reader sees no difference.",
    rows: [queuedInferences, admissionWaiting],
    vector: sumBy(union(select(admissionWaiting, { scope: chosen }), select(queuedInferences, { scope: chosen }))),
    links: [toDashboard("aiwatch-fleet", "Where they wait: every process")],
    noValue: noQueue,
    width,
  });

export const refusedTile = (width = 3, height = tileHeight) =>
  tile({
    title: "Refused",
    description: describe(
      "The share of entries into the app's own queues that were turned away, over the last five minutes. Yellow above none, red from 5 %.",
      admissions,
    ),
    unit: ratioUnit,
    queries: [
      {
        vector: ratio(sumBy(recent.perSecond(admissions, { outcome: "refused" })), sumBy(recent.perSecond(admissions))),
        legend: "Refused",
      },
    ],
    limits: {
      below: "green",
      steps: [
        { from: 0.000_001, color: "yellow" },
        { from: 0.05, color: "red" },
      ],
    },
    noValue: "No wait ended",
    decimals: 1,
    width,
    height,
  });

/** Where a share of callers who go away is more than people who stop an answer. */
export const leavingLimits = {
  below: "green",
  steps: [
    { from: 0.1, color: "yellow" },
    { from: 0.5, color: "red" },
  ],
} as const;
export const leavingSaid = "Some are people who stop an answer; yellow from 10 %, red from 50 %, where most leave.";

/** Where a share of failures is a matter for somebody. */
export const failureLimits = {
  below: "green",
  steps: [
    { from: 0.001, color: "yellow" },
    { from: 0.01, color: "red" },
  ],
} as const;

export const failedInferencesTile = (width = 3, height = tileHeight) =>
  tile({
    title: "Failed inferences",
    description: describe(
      "The share of ended inferences that failed, over the last five minutes; those that the caller called off are left out. Yellow from 0.1 %, red from 1 %.",
      inferences,
    ),
    unit: ratioUnit,
    queries: [{ vector: recent.failedShare(), legend: "Failed inferences" }],
    limits: failureLimits,
    noValue: "No answers",
    decimals: 2,
    width,
    height,
  });
