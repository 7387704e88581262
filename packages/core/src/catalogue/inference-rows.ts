import { firstTokenBounds, modelLatencyBounds, queueBounds, tokenGapBounds } from "./bounds.ts";
import { type CounterRow, capped, closed, type GaugeRow, type HistogramRow } from "./row.ts";
import { finishReasons, latencyOperations, operations, sloOutcomes } from "./values.ts";

export const model = capped(50);

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

export const activeInferences = {
  type: "gauge",
  name: "genai_app_active_inferences",
  help: "Inferences that the engine is evaluating",
  unit: "inferences",
  labels: { model },
  definition: "Inferences whose evaluation has begun and that have not ended.",
  source: "The inference's lifecycle, read at the scrape.",
  aggregation: "sum",
} as const satisfies GaugeRow;

export const queuedInferences = {
  type: "gauge",
  name: "genai_app_queued_inferences",
  help: "Inferences that were issued and wait for the engine",
  unit: "inferences",
  labels: { model },
  definition: "Inferences that were issued, have not ended, and of which no token was evaluated yet.",
  source: "The inference's lifecycle, read at the scrape.",
  aggregation: "sum",
} as const satisfies GaugeRow;

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

export const queueTime = {
  type: "histogram",
  name: "genai_app_queue_seconds",
  help: "Time that an inference waited before the engine began to evaluate it, in seconds",
  unit: "seconds",
  labels: { model },
  bounds: queueBounds,
  definition:
    "From the call to the moment when the first batch that holds its tokens is decoded: the waits for the session, the sequence and the context behind others, and the making of the prompt, which takes a millisecond or so where nobody is ahead. TTFT = queue + prompt evaluation. An inference that ended before has none.",
  source: "The process's monotonic clock.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const interTokenLatency = {
  type: "histogram",
  name: "genai_app_inter_token_latency_seconds",
  help: "Gap between two tokens in seconds",
  unit: "seconds",
  labels: { model },
  bounds: tokenGapBounds,
  definition:
    "Each gap between two tokens of an answer, from the moment when the next token is asked for to its arrival: what the consumer does between two tokens is left out. A stall of the process is in it; the event-loop delay beside it tells such a stall from a slow model. Added when the inference ends, however it ends.",
  source: "The process's monotonic clock, at the iterator's calls and yields.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const timePerOutputToken = {
  type: "histogram",
  name: "genai_app_time_per_output_token_seconds",
  help: "Mean time per output token after the first, in seconds",
  unit: "seconds",
  labels: { model },
  bounds: tokenGapBounds,
  definition:
    "(duration − TTFT) / (output tokens − 1), once for each inference that completed with two tokens or more. What the app's own callbacks and tools take is in it.",
  source: "The process's monotonic clock and the engine's own tokens.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const tokensPerSecond = {
  type: "gauge",
  name: "genai_app_tokens_per_second",
  help: "Tokens generated per second while a model generates, whatever engine runs it",
  unit: "tokens per second",
  labels: { model },
  definition:
    "The decode rate: (output tokens − 1) / (last token − first token). While tokens come it is the sum over the running inferences; afterwards the last inference's rate, gone once the model was idle for a minute. Where there is none of ours: what the model itself tells, else what was reported by `recordLlamaCppMetrics` or `reportModel`, for a minute.",
  source:
    "The process's monotonic clock, at the tokens' yields; prompt evaluation is not in it. Of an engine that hands over pieces of text, at their arrival.",
  aggregation: "sum",
} as const satisfies GaugeRow;

export const sloInferences = {
  type: "counter",
  name: "genai_app_slo_inferences_total",
  help: "Inferences by whether they held every configured objective",
  unit: "inferences",
  labels: { model, outcome: closed(...sloOutcomes) },
  definition:
    "Goodput: `good` when TTFT, TPOT and latency all held their configured objectives, as far as the inference has them: an embedding has no tokens to wait for. A failure is `bad`. An aborted inference is `bad` when an objective was missed before the abort, and is not counted otherwise; nor is one of which nobody knows whether it held, such as a long answer that came in one piece, where the first token has an objective. Absent where no objective is configured.",
  source: "The inference's durations and the objectives of `createAiwatch({ slo })` or `AIWATCH_SLO_*`.",
  aggregation: "sum",
} as const satisfies CounterRow;
