import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { now, perSecond, quantile } from "../../promql/panel-queries.ts";
import { sumBy } from "../../promql/vector.ts";
import { quantiles } from "./latency.ts";

const { admissionWaiting, admissionWait, admissions } = catalogue;

const noQueue = "No queue observed";

export const waitingInLine = (width: number) =>
  timeSeries({
    title: "Waiting for admission",
    description: describe("Who waits in the app's own queues now, by queue.", admissionWaiting),
    unit: unitOf(admissionWaiting),
    queries: [{ vector: now(admissionWaiting, "queue"), legend: "{{queue}}" }],
    noValue: noQueue,
    width,
  });

export const waitsInLine = (width: number) =>
  quantiles({
    title: "Wait for admission",
    sentence: "How long those who were admitted waited in the app's own queues.",
    row: admissionWait,
    quantile: (q) => quantile(q, admissionWait, ["queue"]),
    by: "queue",
    noValue: noQueue,
    width,
  });

export const admitted = (width: number) =>
  timeSeries({
    title: "Admissions",
    description: describe(
      "Ended waits per second, by queue and how they ended: admitted, refused by a full queue, left by those who gave up, failed.",
      admissions,
    ),
    unit: perSecondUnitOf(admissions),
    queries: [{ vector: sumBy(perSecond(admissions), "queue", "outcome"), legend: "{{queue}} {{outcome}}" }],
    noValue: noQueue,
    width,
  });
