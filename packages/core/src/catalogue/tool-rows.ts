import { toolCallBounds } from "./bounds.ts";
import { model } from "./inference-rows.ts";
import { type CounterRow, capped, closed, type HistogramRow } from "./row.ts";
import { toolOutcomes } from "./values.ts";

const tool = capped(50);

export const toolCalls = {
  type: "counter",
  name: "genai_app_tool_calls_total",
  help: "Functions that a model called and the app ran",
  unit: "calls",
  labels: { model, tool, outcome: closed(...toolOutcomes) },
  definition:
    "Ended runs of the app's functions: `ok` when it returned, `error` when it threw, `aborted` when it threw the reason of an abort or the inference was aborted while it ran.",
  source: "The function's own start and end.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const toolCallDuration = {
  type: "histogram",
  name: "genai_app_tool_call_seconds",
  help: "Time that a function took that a model called, in seconds",
  unit: "seconds",
  labels: { model, tool },
  bounds: toolCallBounds,
  definition: "From the call of the app's function to its end, however it ended.",
  source: "The process's monotonic clock.",
  aggregation: "sum",
} as const satisfies HistogramRow;
