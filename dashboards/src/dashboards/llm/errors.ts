import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { bars } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { labelTable } from "../../panels/tables.ts";
import { perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import { failedShare, inRange, now, perSecond } from "../../promql/panel-queries.ts";
import { aboveZero, largest, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { failureLimits } from "../shared/waiting.ts";

const { inferences, errors, telemetryErrors, spansDropped, seriesDropped, clusterWorkers, modelMemory, buildInfo } =
  catalogue;

const rate = timeSeries({
  title: "Errors",
  description: describe(
    "Errors per second by type and by where they happened; the ten most frequent at each moment.",
    errors,
  ),
  unit: perSecondUnitOf(errors),
  queries: [{ vector: largest(10, sumBy(perSecond(errors), "type", "operation")), legend: "{{operation}} {{type}}" }],
  noValue: "No data",
  width: 8,
});

const failed = timeSeries({
  title: "Failed inferences over time",
  description: describe(
    "The share of ended inferences that failed, by model; those that the caller called off are left out. Dashed: 0.1 % and 1 %.",
    inferences,
  ),
  unit: ratioUnit,
  queries: [{ vector: failedShare("model"), legend: "{{model}}" }],
  limits: failureLimits,
  leastAxis: 0.02,
  noValue: "No traffic",
  width: 8,
});

const counts = bars({
  title: "Error counts",
  description: describe(
    "Errors in the visible time range by type and by where they happened. Prometheus extrapolates to the range's ends: a count may be off by one.",
    errors,
  ),
  unit: unitOf(errors),
  queries: [{ vector: aboveZero(sumBy(inRange(errors), "type", "operation")), legend: "{{operation}} {{type}}" }],
  noValue: "No errors",
  width: 8,
});

const memory = timeSeries({
  title: "Model memory over time",
  description: describe("Memory of the loaded models' tensors, by model.", modelMemory),
  unit: unitOf(modelMemory),
  queries: [{ vector: now(modelMemory, "model"), legend: "{{model}}" }],
  noValue: "No data",
  width: 6,
});

const telemetry = timeSeries({
  title: "Telemetry errors",
  description: describe(
    "AIWatch's own faults per second by part, and spans that never reached the collector. Anything above zero means that other panels, or traces, lack something.",
    telemetryErrors,
    spansDropped,
  ),
  unit: perSecondUnitOf(telemetryErrors),
  queries: [
    { vector: sumBy(perSecond(telemetryErrors), "source"), legend: "{{source}}" },
    { vector: sumBy(perSecond(spansDropped)), legend: "spans dropped" },
  ],
  noValue: "No data",
  width: 6,
});

const dropped = bars({
  title: "Values over the cap",
  description: describe(
    "Recordings in the visible time range whose label value was put into `other`, by metric: more models, routes or tools than there may be.",
    seriesDropped,
  ),
  unit: unitOf(seriesDropped),
  queries: [{ vector: aboveZero(sumBy(inRange(seriesDropped), "metric")), legend: "{{metric}}" }],
  noValue: "None",
  width: 6,
});

const workers = timeSeries({
  title: "Cluster workers",
  description: describe(
    "Workers of a node:cluster by whether they answered the scrape. Where some are silent, their gauges are missing from the other panels and their counters stand still.",
    clusterWorkers,
  ),
  unit: unitOf(clusterWorkers),
  queries: [{ vector: now(clusterWorkers, "state"), legend: "{{state}}" }],
  noValue: "No cluster",
  width: 6,
});

const builds = labelTable({
  title: "Builds",
  description: describe("What the processes are built of, a line for each combination.", buildInfo),
  unit: unitOf(buildInfo),
  info: now(buildInfo, "version", "node", "engine"),
  columns: { version: "AIWatch", node: "Node.js", engine: "Engine" },
  noValue: "No data",
  width: 24,
  height: 5,
});

/** What goes wrong in the app. */
export const failures: Row = { title: "Failures", panels: [rate, failed, counts] };

/** What the processes are and hold, and what goes wrong in their instruments: the same for most of the time. */
export const process: Row = {
  title: "Memory, builds and telemetry",
  collapsed: true,
  panels: [memory, telemetry, dropped, workers, builds],
};
