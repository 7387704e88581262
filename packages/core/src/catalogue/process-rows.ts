import { eventLoopDelayBounds } from "./bounds.ts";
import { closed, type GaugeRow, type HistogramRow } from "./row.ts";
import { workerStates } from "./values.ts";

export const eventLoopDelay = {
  type: "histogram",
  name: "genai_app_event_loop_delay_seconds",
  help: "Delay of Node's event loop while inferences ran, in seconds",
  unit: "seconds",
  labels: {},
  bounds: eventLoopDelayBounds,
  definition:
    "How late a timer of 20 ms fired, sampled only while at least one inference is running. A token cannot be handed on while the event loop is busy: where this rises with the inter-token latency, the process stalled and not the model.",
  source: "A timer against the process's monotonic clock.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const clusterWorkers = {
  type: "gauge",
  name: "genai_app_cluster_workers",
  help: "Workers of the cluster that answered this scrape, and those that did not in time",
  unit: "workers",
  labels: { state: closed(...workerStates) },
  definition:
    "What one answer for a whole `node:cluster` is made of. Where `silent` is not 0, it holds no gauges of so many workers, and their counters are as they were last heard of. Only where `joinCluster` was called.",
  source: "The cluster's primary, which asks the workers at each scrape.",
  aggregation: "sum",
} as const satisfies GaugeRow;
