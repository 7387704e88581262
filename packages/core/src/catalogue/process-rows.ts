import { eventLoopDelayBounds } from "./bounds.ts";
import type { HistogramRow } from "./row.ts";

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
