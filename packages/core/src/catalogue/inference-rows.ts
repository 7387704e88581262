import { firstTokenBounds, modelLatencyBounds, queueBounds, tokenGapBounds, toolCallBounds } from "./bounds.ts";
import { type CatalogueRow, capped, closed } from "./row.ts";
import { finishReasons, latencyOperations, operations, sloOutcomes, toolOutcomes } from "./values.ts";

export const model = capped(50);

const tool = capped(50);

export const inferenceRows = {
  inferences: {
    type: "counter",
    name: "genai_app_inferences_total",
    help: "Total number of ended inferences",
    unit: "inferences",
    labels: { model, operation: closed(...operations), finish_reason: closed(...finishReasons) },
    aggregation: "sum",
  },
  activeInferences: {
    type: "gauge",
    name: "genai_app_active_inferences",
    help: "Inferences that the engine is evaluating",
    unit: "inferences",
    labels: { model },
    aggregation: "sum",
  },
  queuedInferences: {
    type: "gauge",
    name: "genai_app_queued_inferences",
    help: "Inferences that were issued and wait for the engine",
    unit: "inferences",
    labels: { model },
    aggregation: "sum",
  },
  modelLatency: {
    type: "histogram",
    name: "genai_app_model_latency_seconds",
    help: "Model response time in seconds",
    unit: "seconds",
    labels: { model, operation: closed(...latencyOperations) },
    bounds: modelLatencyBounds,
    aggregation: "sum",
  },
  firstTokenLatency: {
    type: "histogram",
    name: "genai_app_first_token_latency_seconds",
    help: "Time to first token in seconds",
    unit: "seconds",
    labels: { model },
    bounds: firstTokenBounds,
    aggregation: "sum",
  },
  queueTime: {
    type: "histogram",
    name: "genai_app_queue_seconds",
    help: "Time that an inference waited before the engine began to evaluate it, in seconds",
    unit: "seconds",
    labels: { model },
    bounds: queueBounds,
    aggregation: "sum",
  },
  interTokenLatency: {
    type: "histogram",
    name: "genai_app_inter_token_latency_seconds",
    help: "Gap between two tokens in seconds",
    unit: "seconds",
    labels: { model },
    bounds: tokenGapBounds,
    aggregation: "sum",
  },
  timePerOutputToken: {
    type: "histogram",
    name: "genai_app_time_per_output_token_seconds",
    help: "Mean time per output token after the first, in seconds",
    unit: "seconds",
    labels: { model },
    bounds: tokenGapBounds,
    aggregation: "sum",
  },
  tokensPerSecond: {
    type: "gauge",
    name: "genai_app_tokens_per_second",
    help: "Tokens generated per second while a model generates, whatever engine runs it",
    unit: "tokens per second",
    labels: { model },
    aggregation: "sum",
  },
  sloInferences: {
    type: "counter",
    name: "genai_app_slo_inferences_total",
    help: "Inferences by whether they held every configured objective",
    unit: "inferences",
    labels: { model, outcome: closed(...sloOutcomes) },
    aggregation: "sum",
  },
  toolCalls: {
    type: "counter",
    name: "genai_app_tool_calls_total",
    help: "Functions that a model called and the app ran",
    unit: "calls",
    labels: { model, tool, outcome: closed(...toolOutcomes) },
    aggregation: "sum",
  },
  toolCallDuration: {
    type: "histogram",
    name: "genai_app_tool_call_seconds",
    help: "Time that a function took that a model called, in seconds",
    unit: "seconds",
    labels: { model, tool },
    bounds: toolCallBounds,
    aggregation: "sum",
  },
} as const satisfies Record<string, CatalogueRow>;
