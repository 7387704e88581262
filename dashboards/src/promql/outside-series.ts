import type { CatalogueRow } from "@aiwatch/core";
import { type BurnWindow, type RecordedSeries, recorded } from "../rules/recorded.ts";
import type { TargetLabel } from "./select.ts";

/** A series that no app of ours exposes: Prometheus's own, prom-client's of the process, and those that AIWatch's rules record. */
export type OutsideRow = CatalogueRow & {
  readonly definition: string;
  /** The labels of the scrape that its series have: a recorded one has lost its instance. */
  readonly targets: readonly TargetLabel[];
};

const anyText = { cap: Number.POSITIVE_INFINITY };
const ofProcesses = { labels: {}, targets: ["job", "instance"] } as const;
const ofObjectives = {
  type: "gauge",
  unit: "ratio",
  labels: { slo: anyText, model: anyText },
  targets: ["job"],
} as const;

const recordedAs = ({ name, meaning }: RecordedSeries) => ({
  name,
  help: meaning,
  definition: `${meaning}. Recorded by AIWatch's rules.`,
});

const burnedIn = (window: BurnWindow) =>
  ({ ...ofObjectives, ...recordedAs(recorded.sloBurn[window]), aggregation: "max" }) as const;

export const burns = {
  "5m": burnedIn("5m"),
  "30m": burnedIn("30m"),
  "1h": burnedIn("1h"),
  "2h": burnedIn("2h"),
  "6h": burnedIn("6h"),
  "1d": burnedIn("1d"),
  "3d": burnedIn("3d"),
} as const satisfies Record<BurnWindow, OutsideRow>;

export const outside = {
  up: {
    ...ofProcesses,
    type: "gauge",
    name: "up",
    help: "Whether the last scrape of the target succeeded",
    unit: "processes",
    aggregation: "sum",
    definition: "1 while Prometheus reaches the process, 0 while it does not. Prometheus's own.",
  },
  alerts: {
    type: "gauge",
    name: "ALERTS",
    help: "Alerts that fire or wait to",
    unit: "series",
    labels: {
      alertname: anyText,
      alertstate: { values: ["pending", "firing"], cap: 2 },
      severity: anyText,
      slo: anyText,
      model: anyText,
      queue: anyText,
      server: anyText,
    },
    targets: ["job", "instance"],
    aggregation: "max",
    definition:
      "One series for each alert that fires, or whose condition holds but not yet for long. Prometheus's own.",
  },
  processStart: {
    ...ofProcesses,
    type: "gauge",
    name: "process_start_time_seconds",
    help: "Start time of the process since the epoch",
    unit: "seconds",
    aggregation: "min",
    definition:
      "When the process started, in seconds since 1970. prom-client's, where the app calls `collectDefaultMetrics()`.",
  },
  processMemory: {
    ...ofProcesses,
    type: "gauge",
    name: "process_resident_memory_bytes",
    help: "Resident memory of the process",
    unit: "bytes",
    aggregation: "sum",
    definition: "Memory of the process that is in RAM. prom-client's, where the app calls `collectDefaultMetrics()`.",
  },
  processCpu: {
    ...ofProcesses,
    type: "counter",
    name: "process_cpu_seconds_total",
    help: "CPU time of the process",
    unit: "seconds",
    aggregation: "sum",
    definition: "CPU time that the process took. prom-client's, where the app calls `collectDefaultMetrics()`.",
  },
  sloGoal: {
    ...recordedAs(recorded.sloObjective),
    type: "gauge",
    unit: "ratio",
    labels: { slo: anyText },
    targets: [],
    aggregation: "max",
  },
  sloBad: { ...ofObjectives, ...recordedAs(recorded.sloBad), aggregation: "sum" },
  sloEvents: { ...ofObjectives, ...recordedAs(recorded.sloEvents), aggregation: "sum" },
} as const satisfies Record<string, OutsideRow>;

export const outsideRows: readonly OutsideRow[] = [...Object.values(outside), ...Object.values(burns)];
