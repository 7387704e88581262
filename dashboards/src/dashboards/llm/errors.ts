import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { labelTable } from "../../panels/tables.ts";
import { ratioUnit, smallShare, unitOf } from "../../panels/units.ts";
import { failedShare, now } from "../../promql/panel-queries.ts";
import type { Row } from "../dashboard.ts";
import { errorCounts, errorRate } from "../shared/errors.ts";
import { cappedValues, telemetryFaults, workersOfClusters } from "../shared/faults.ts";
import { failureLimits } from "../shared/waiting.ts";

const { inferences, modelMemory, buildInfo } = catalogue;

const failed = timeSeries({
  title: "Failed inferences over time",
  description: describe(
    "The share of ended inferences that failed, by model; those that the caller called off are left out. Dashed: 0.1 % and 1 %.",
    inferences,
  ),
  unit: ratioUnit,
  queries: [{ vector: failedShare("model"), legend: "{{model}}" }],
  limits: failureLimits,
  leastAxis: smallShare,
  noValue: "No answers",
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
export const failures: Row = { title: "Failures", panels: [errorRate(8), failed, errorCounts(8)] };

/** What the processes are and hold, and what goes wrong in their instruments: the same for most of the time. */
export const process: Row = {
  title: "Memory, builds and telemetry",
  collapsed: true,
  panels: [memory, telemetryFaults(6), cappedValues(6), workersOfClusters(6), builds],
};
