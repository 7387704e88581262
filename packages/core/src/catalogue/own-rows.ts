import { type CounterRow, capped, closed } from "./row.ts";
import { errorOperations, telemetrySources } from "./values.ts";

export const errors = {
  type: "counter",
  name: "genai_app_errors_total",
  help: "Total number of errors",
  unit: "errors",
  labels: { type: capped(60), operation: closed(...errorOperations) },
  definition:
    "Failures by what they were and where: `http` (answers of 500 and above, connections that failed in mid-answer; AIWatch's own routes are left out), `inference`, `tool`, `client` (posted by browsers, which may add ten types of their own). A client that goes away is no error. Our own types begin at 0, those of `http` are all ours; an error that is named by its class begins at 1, and `increase()` of its series does not see the first. An alert sees each one by `increase(sum by (job, instance, operation) (genai_app_errors_total)[5m:15s])` (with your scrape interval for `15s`): the sum begins at 0 with the process, whatever the types and models.",
  source: "The lifecycles of requests and inferences; `/metrics/error` for `client`.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const telemetryErrors = {
  type: "counter",
  name: "genai_app_telemetry_errors_total",
  help: "Faults of the instrumentation itself, which the app never sees",
  unit: "errors",
  labels: { source: closed(...telemetrySources) },
  definition:
    "Exceptions inside AIWatch or inside an observer, each caught, counted here and written once to the diagnostics.",
  source: "The guard around every hook.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const spansDropped = {
  type: "counter",
  name: "genai_app_spans_dropped_total",
  help: "Spans that were recorded and never reached the collector",
  unit: "spans",
  labels: {},
  definition:
    "Spans lost for good: the queue was full, the collector did not take them or said that it rejected some, or the process had no time left. Only of pipelines that `startTracing` made, and only while an instance is there.",
  source: "The span processor and the exporter of `@aiwatch/tracing`.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const seriesDropped = {
  type: "counter",
  name: "genai_app_series_dropped_total",
  help: "Recordings whose label value was over the cap and became `other`",
  unit: "series",
  labels: { metric: capped(200) },
  definition: "Recordings, by metric, in which at least one label value was new after that label's cap was reached.",
  source: "The instruments.",
  aggregation: "sum",
} as const satisfies CounterRow;
