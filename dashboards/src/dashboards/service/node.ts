import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { narrowTopHeight, topHeight, topProcesses } from "../../panels/top.ts";
import { ratioUnit, smallShare, unitOf } from "../../panels/units.ts";
import { node } from "../../promql/node-series.ts";
import { outside } from "../../promql/outside-series.ts";
import { inEach, ours } from "../../promql/over-processes.ts";
import { amountPerSecond, now, perSecond, processes } from "../../promql/panel-queries.ts";
import { ofProcess } from "../../promql/select.ts";
import { overallRate } from "../../promql/top.ts";
import { maxBy, ratio, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { largestMemory, noDefaults, outliers, slowestLoops, ten } from "../shared/processes.ts";

const width = 8;

const cpu = topProcesses({
  title: "Processor time",
  description: describe(
    `How many cores a process takes. JavaScript alone takes one at most, the threads of llama.cpp more: good is what leaves the machine some. ${ten}`,
    outside.processCpu,
    catalogue.activeRequests,
  ),
  unit: "suffix:cores",
  lines: ours(sumBy(perSecond(outside.processCpu), ...ofProcess)),
  rank: ours(sumBy(overallRate(outside.processCpu), ...ofProcess)),
  noValue: noDefaults,
  width: 6,
});

const heap = timeSeries({
  title: "Heap and external memory",
  description: describe(
    "What V8's heap takes and what of it is in use, and memory outside that JavaScript's objects hold, all chosen processes together. A saw-tooth is good; teeth whose lower ends rise are a leak.",
    node.heapTotal,
    node.heapUsed,
    node.external,
    catalogue.activeRequests,
  ),
  unit: unitOf(node.heapUsed),
  queries: [
    { vector: sumBy(inEach(node.heapTotal)), legend: "heap" },
    { vector: sumBy(inEach(node.heapUsed)), legend: "heap in use" },
    { vector: sumBy(inEach(node.external)), legend: "external" },
  ],
  noValue: noDefaults,
  width: 6,
  height: narrowTopHeight,
});

const collections = timeSeries({
  title: "Time in garbage collection",
  description: describe(
    "The part of the time that a process spends on collecting garbage, by kind, the mean of the chosen processes. Below 1 % is good; above 10 % the heap is too small for what is in it.",
    node.collections,
    catalogue.activeRequests,
  ),
  unit: ratioUnit,
  stacked: true,
  queries: [
    {
      vector: {
        promql: `${sumBy(ours(amountPerSecond(node.collections)), "kind").promql} / on () group_left () ${processes().promql}`,
        labels: ["kind"],
      },
      legend: "{{kind}}",
    },
  ],
  leastAxis: smallShare,
  noValue: noDefaults,
  width: 6,
  height: narrowTopHeight,
});

const files = timeSeries({
  title: "Open files and sockets",
  description: describe(
    "The part of the files and sockets that the fullest of the chosen processes may have open that it has. Yellow from 70 %, red from 90 %: at 100 % it takes no more connections.",
    node.openFiles,
    node.filesLimit,
    catalogue.activeRequests,
  ),
  unit: ratioUnit,
  queries: [
    {
      vector: maxBy(ours(ratio(now(node.openFiles, "job", "instance"), now(node.filesLimit, "job", "instance")))),
      legend: "fullest process",
    },
  ],
  limits: {
    below: "green",
    steps: [
      { from: 0.7, color: "yellow" },
      { from: 0.9, color: "red" },
    ],
  },
  noValue: noDefaults,
  width,
  height: topHeight,
});

/** What Node.js makes of it: the loop, the processor, the memory. */
export const nodeJs: Row = {
  title: "Node.js",
  panels: [
    slowestLoops(width),
    outliers({
      title: "Event-loop lag with idle time",
      row: node.loopLag,
      sentence:
        "The 99th percentile of the event loop's lag. About 10 ms is an idle loop; what stays above 100 ms delays every request, whether a model is asked or not. The event-loop delay beside it is sampled only while inferences run.",
      by: "peak",
      noValue: noDefaults,
      width,
    }),
    files,
    cpu,
    largestMemory(6),
    heap,
    collections,
  ],
};
