import { eventLoopDelayBounds } from "./bounds.ts";
import { type CatalogueRow, capped, closed } from "./row.ts";
import { errorOperations, telemetrySources, workerStates } from "./values.ts";

/** Each label with a cap of its own: labels of one rule would share it. */
const buildLabels = { version: capped(10), node: capped(10), engine: capped(20) } as const;

export const processRows = {
  buildInfo: {
    type: "gauge",
    name: "genai_app_build_info",
    help: "What the process is built of; always 1",
    unit: "processes",
    labels: buildLabels,
    aggregation: "max",
  },
  errors: {
    type: "counter",
    name: "genai_app_errors_total",
    help: "Total number of errors",
    unit: "errors",
    labels: { type: capped(60), operation: closed(...errorOperations) },
    aggregation: "sum",
  },
  telemetryErrors: {
    type: "counter",
    name: "genai_app_telemetry_errors_total",
    help: "Faults of the instrumentation itself, which the app never sees",
    unit: "errors",
    labels: { source: closed(...telemetrySources) },
    aggregation: "sum",
  },
  spansDropped: {
    type: "counter",
    name: "genai_app_spans_dropped_total",
    help: "Spans that were recorded and never reached the collector",
    unit: "spans",
    labels: {},
    aggregation: "sum",
  },
  seriesDropped: {
    type: "counter",
    name: "genai_app_series_dropped_total",
    help: "Recordings whose label value was over the cap and became `other`",
    unit: "series",
    labels: { metric: capped(200) },
    aggregation: "sum",
  },
  eventLoopDelay: {
    type: "histogram",
    name: "genai_app_event_loop_delay_seconds",
    help: "Delay of Node's event loop while inferences ran, in seconds",
    unit: "seconds",
    labels: {},
    bounds: eventLoopDelayBounds,
    aggregation: "sum",
  },
  clusterWorkers: {
    type: "gauge",
    name: "genai_app_cluster_workers",
    help: "Workers of the cluster that answered this scrape, and those that did not in time",
    unit: "workers",
    labels: { state: closed(...workerStates) },
    aggregation: "sum",
  },
} as const satisfies Record<string, CatalogueRow>;
