import { catalogue } from "@aiwatch/core";
import { labelsBeside } from "../../panels/labels-beside.ts";
import { toDashboard } from "../../panels/links.ts";
import type { Limits } from "../../panels/panel.ts";
import { describeRecorded } from "../../panels/recorded.ts";
import { type MetricColumn, metricTable, surroundingTitles } from "../../panels/tables.ts";
import { unitOf } from "../../panels/units.ts";
import { outside } from "../../promql/outside-series.ts";
import { inEach, type OfProcesses, reached, restarts } from "../../promql/over-processes.ts";
import { now, recent } from "../../promql/panel-queries.ts";
import { recordedQuantile } from "../../promql/recorded-queries.ts";
import { ofProcess } from "../../promql/select.ts";
import { maxBy } from "../../promql/vector.ts";
import { recorded } from "../../rules/recorded.ts";
import type { Row } from "../dashboard.ts";

const {
  activeInferences,
  admissionWaiting,
  queuedInferences,
  requestFirstToken,
  kvCacheUsage,
  eventLoopDelay,
  buildInfo,
  httpRequests,
  activeRequests,
} = catalogue;

const stutters: Limits = {
  below: "text",
  steps: [
    { from: 0.05, color: "yellow" },
    { from: 0.5, color: "red" },
  ],
};
const fills: Limits = {
  below: "text",
  steps: [
    { from: 0.9, color: "yellow" },
    { from: 0.98, color: "red" },
  ],
};
const answers: Limits = { below: "red", steps: [{ from: 1, color: "green" }] };

const gauge = (title: string, row: Parameters<typeof inEach>[0]): MetricColumn => ({
  title,
  vector: inEach(row),
  unit: unitOf(row),
});

const age: OfProcesses = {
  promql: `time() - ${maxBy(inEach(outside.processStart), ...ofProcess).promql}`,
  labels: ofProcess,
};

const columns: readonly MetricColumn[] = [
  { title: "Up", vector: reached(), unit: "none", limits: answers },
  { title: "Build", vector: now(buildInfo, ...ofProcess, "version", "node"), unit: "none" },
  gauge("Active", activeInferences),
  gauge("Queued", queuedInferences),
  gauge("In line", admissionWaiting),
  {
    title: "First token p95",
    vector: recent.quantile(0.95, requestFirstToken, ofProcess),
    unit: unitOf(requestFirstToken),
  },
  { ...gauge("KV cache", kvCacheUsage), decimals: 0, limits: fills },
  {
    title: "Event loop p99",
    vector: recordedQuantile(0.99, recorded.eventLoopDelayBuckets, ...ofProcess),
    unit: unitOf(eventLoopDelay),
    limits: stutters,
  },
  gauge("Memory", outside.processMemory),
  { title: "Uptime", vector: age, unit: "dtdurations" },
  {
    title: "Restarts",
    vector: restarts(httpRequests, "$__range"),
    unit: "none",
    limits: { below: "text", steps: [{ from: 2, color: "yellow" }] },
  },
];

const titles = columns.map(({ title }) => title).filter((title) => title !== "Build");

const table = metricTable({
  title: "Every process",
  description: describeRecorded(
    "A line for each process, those whose readers wait longest first; a click on its name leads to the other boards of that process alone. `Up` is red where Prometheus does not reach it: its other cells are empty then. A first token that is late in one process and not in the others is that process's fault; late in all, it is the load's. Memory and uptime are there only where the app calls prom-client's `collectDefaultMetrics()`.",
    [recorded.eventLoopDelayBuckets],
    outside.up,
    activeRequests,
    buildInfo,
    activeInferences,
    queuedInferences,
    admissionWaiting,
    requestFirstToken,
    kvCacheUsage,
    eventLoopDelay,
    outside.processMemory,
    outside.processStart,
    httpRequests,
  ),
  by: { instance: "Process", job: "Job" },
  metrics: columns,
  links: [
    toDashboard("llm-dashboard", "Chats of this process", "instance", "job"),
    toDashboard("llamacpp-dashboard", "llama.cpp of this process", "instance", "job"),
    toDashboard("aiwatch-service", "HTTP and Node.js of this process", "instance", "job"),
    toDashboard("aiwatch-fleet", "This process alone", "instance", "job"),
  ],
  largest: "First token p95",
  widths: { Process: 140, Namespace: 84, Up: 50, "First token p95": 150, "Event loop p99": 120, Uptime: 90 },
  noValue: "No process is known",
  width: 24,
  height: 12,
});

const [up = "", ...others] = titles;

/** Who there is, and how each of them does. */
export const processTable: Row = {
  title: "By process",
  panels: [
    labelsBeside(table, {
      column: "Build",
      labels: { version: "AIWatch", node: "Node.js" },
      order: ["Process", "Job", ...Object.values(surroundingTitles), up, "AIWatch", "Node.js", ...others],
    }),
  ],
};
