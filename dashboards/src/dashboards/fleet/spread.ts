import { type CounterRow, catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { heatmap } from "../../panels/heatmap.ts";
import { describe, type PanelBuilder } from "../../panels/panel.ts";
import { describeRecorded, notRecorded } from "../../panels/recorded.ts";
import { timesUnit, unitOf } from "../../panels/units.ts";
import { outside } from "../../promql/outside-series.ts";
import { distribution, inEach, meanInEach, unevenness } from "../../promql/over-processes.ts";
import { perSecond } from "../../promql/panel-queries.ts";
import { quantileDistribution } from "../../promql/recorded-queries.ts";
import { ofProcess } from "../../promql/select.ts";
import { sumBy, type Vector } from "../../promql/vector.ts";
import { recorded } from "../../rules/recorded.ts";
import type { Row } from "../dashboard.ts";

const { activeInferences, activeRequests, eventLoopDelay, inferences, requestOutcomes } = catalogue;

/** Each step asks every process: an hour in as many steps as it has minutes says the same as one in four times as many. */
const steps = 60;

interface OverProcessesSpec {
  readonly title: string;
  readonly description: string;
  readonly buckets: Vector<"le">;
  readonly boundsUnit: string;
  readonly axis: string;
  readonly noValue: string;
}

/** How many processes have how much, over time. It is as large for one process as for a thousand. */
const overProcesses = (spec: OverProcessesSpec): PanelBuilder => heatmap({ ...spec, width: 8 }).maxDataPoints(steps);

const colorSays =
  "The more a colour stands out, the more processes. One narrow band is good: all do the same. Two bands are two kinds of processes.";

const activity = overProcesses({
  title: "Active inferences over processes",
  description: describe(`How many processes work on how many inferences. ${colorSays}`, activeInferences),
  buckets: distribution(inEach(activeInferences), [0, 1, 2, 4, 8, 16, 32, 64]),
  boundsUnit: unitOf(activeInferences),
  axis: "inferences, up to",
  noValue: "No data",
});

const loops = overProcesses({
  title: "Event-loop delay over processes",
  description: describeRecorded(
    `How many processes have which 99th percentile of the event-loop delay; idle ones have none. ${colorSays}`,
    [recorded.eventLoopDelayBuckets],
    eventLoopDelay,
  ),
  buckets: quantileDistribution(0.99, recorded.eventLoopDelayBuckets),
  boundsUnit: unitOf(eventLoopDelay),
  axis: "delay p99, up to",
  noValue: notRecorded,
});

const mebibyte = 2 ** 20;

const memory = overProcesses({
  title: "Memory over processes",
  description: describe(`How many processes take how much memory. ${colorSays}`, outside.processMemory, activeRequests),
  buckets: distribution(
    inEach(outside.processMemory),
    [128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].map((count) => count * mebibyte),
  ),
  boundsUnit: unitOf(outside.processMemory),
  axis: "memory, up to",
  noValue: "Only where the app calls prom-client's collectDefaultMetrics()",
});

const rateInEach = (row: CounterRow) => sumBy(perSecond(row), ...ofProcess);

/** Whether the balancer does its work. */
export const spreadOfLoad = timeSeries({
  title: "Spread of load",
  description: describe(
    "How many times as much as the mean process the busiest one has. 1 is even and good; at the number of processes one has all of it. Requests say how the balancer spreads, inferences under way what the processes make of it.",
    requestOutcomes,
    inferences,
    activeInferences,
  ),
  unit: timesUnit,
  queries: [
    { vector: unevenness(rateInEach(requestOutcomes)), legend: "requests" },
    { vector: unevenness(rateInEach(inferences)), legend: "inferences that ended" },
    { vector: unevenness(meanInEach(activeInferences)), legend: "inferences under way" },
  ],
  leastAxis: 2,
  noValue: "No traffic",
  width: 12,
});

/** How alike the processes are. Of many processes it takes long to say: it is asked when somebody opens it. */
export const spread: Row = { title: "Spread over the processes", collapsed: true, panels: [activity, loops, memory] };
