import { firstTokenBounds, modelLatencyBounds } from "./bounds.ts";
import { type CounterRow, capped, closed, type HistogramRow } from "./row.ts";
import { finishReasons, latencyOperations, operations, tokenDirections } from "./values.ts";

export const model = capped(50);

export const chatTokens = {
  type: "counter",
  name: "genai_app_chat_tokens_total",
  help: "Total number of tokens processed in chat",
  unit: "tokens",
  labels: { direction: closed(...tokenDirections), model },
  definition:
    "`input`: the prompt's tokens, those reused from the KV cache included. `output`: tokens that the model generated. Inferences that were aborted or failed count with the tokens they had.",
  source: "The engine's own tokens, counted as they pass; never estimated from text.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const cachedPromptTokens = {
  type: "counter",
  name: "genai_app_cached_prompt_tokens_total",
  help: "Prompt tokens whose KV entries were reused instead of evaluated",
  unit: "tokens",
  labels: { model },
  definition: "The part of the `input` tokens that was in the KV cache already.",
  source: "The sequence's next token index when the inference's first evaluation begins.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const modelLatency = {
  type: "histogram",
  name: "genai_app_model_latency_seconds",
  help: "Model response time in seconds",
  unit: "seconds",
  labels: { model, operation: closed(...latencyOperations) },
  bounds: modelLatencyBounds,
  definition:
    "From the call to its end, queue included, for inferences that completed (finish reason stop, length or tool_calls). `inference` means generation: chat and completion.",
  source: "The process's monotonic clock.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const firstTokenLatency = {
  type: "histogram",
  name: "genai_app_first_token_latency_seconds",
  help: "Time to first token in seconds",
  unit: "seconds",
  labels: { model },
  bounds: firstTokenBounds,
  definition: "From the call to its first token, queue included. An inference without a token has none.",
  source: "The process's monotonic clock, where the engine yields the token.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const inferences = {
  type: "counter",
  name: "genai_app_inferences_total",
  help: "Total number of ended inferences",
  unit: "inferences",
  labels: { model, operation: closed(...operations), finish_reason: closed(...finishReasons) },
  definition: "Inferences that ended, each once, by how they ended.",
  source: "The inference's lifecycle.",
  aggregation: "sum",
} as const satisfies CounterRow;
