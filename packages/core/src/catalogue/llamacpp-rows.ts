import { promptEvalBounds } from "./bounds.ts";
import { model } from "./inference-rows.ts";
import type { GaugeRow, HistogramRow } from "./row.ts";

export const modelMemory = {
  type: "gauge",
  name: "genai_app_model_memory_bytes",
  help: "Model memory usage in bytes",
  unit: "bytes",
  labels: { model },
  definition: "The memory of the model's tensors. Loaded twice it counts twice; contexts and KV caches are not in it.",
  source: "llama.cpp's size of the loaded model: the sum of the GGUF's tensor sizes.",
  aggregation: "sum",
} as const satisfies GaugeRow;

export const contextSize = {
  type: "gauge",
  name: "genai_app_llamacpp_context_size",
  help: "Context window size in tokens for llama.cpp models",
  unit: "tokens",
  labels: { model },
  definition:
    "Tokens that one sequence can hold, as llama.cpp padded it. Where contexts of one model differ: the largest.",
  source: "The context's own figure.",
  aggregation: "max",
} as const satisfies GaugeRow;

export const promptEval = {
  type: "histogram",
  name: "genai_app_llamacpp_prompt_eval_seconds",
  help: "Time spent evaluating the prompt in seconds",
  unit: "seconds",
  labels: { model },
  bounds: promptEvalBounds,
  definition:
    "From the moment the engine begins to evaluate the prompt to its first token, queue left out. Tokens reused from the KV cache cost nothing here.",
  source: "The process's monotonic clock, between the first decode of the prompt and the first token's yield.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const tokensPerSecond = {
  type: "gauge",
  name: "genai_app_llamacpp_tokens_per_second",
  help: "Tokens generated per second",
  unit: "tokens per second",
  labels: { model },
  definition:
    "The decode rate: (output tokens − 1) / (last token − first token). While tokens come it is the sum over the running inferences; afterwards the last inference's rate, gone once the model was idle for a minute. A rate that was reported by `recordLlamaCppMetrics` is shown for a minute, where there is none of ours.",
  source: "The process's monotonic clock, at the tokens' yields; prompt evaluation is not in it.",
  aggregation: "sum",
} as const satisfies GaugeRow;

export const memoryPerToken = {
  type: "gauge",
  name: "genai_app_llamacpp_memory_per_token_bytes",
  help: "Memory usage per token in bytes",
  unit: "bytes",
  labels: { model },
  definition:
    "KV-cache bytes of one token: layers × KV heads × (key length × bytes per key element + value length × bytes per value element). Absent for layouts that this does not fit (sliding windows, latent attention, recurrent layers). Where contexts of one model differ: the largest.",
  source: "The GGUF's metadata and the context's KV-cache types.",
  aggregation: "max",
} as const satisfies GaugeRow;

export const threadsUsed = {
  type: "gauge",
  name: "genai_app_llamacpp_threads_used",
  help: "Number of threads used for inference",
  unit: "threads",
  labels: { model },
  definition:
    "Threads that the context decodes with; while it is idle, those it decodes with as soon as there is work. Where contexts of one model differ: the largest.",
  source: "The context's own figures.",
  aggregation: "max",
} as const satisfies GaugeRow;

export const batchSize = {
  type: "gauge",
  name: "genai_app_llamacpp_batch_size",
  help: "Batch size used for inference",
  unit: "tokens",
  labels: { model },
  definition: "Tokens that one decode may hold, as configured. Where contexts of one model differ: the largest.",
  source: "The context's own figure.",
  aggregation: "max",
} as const satisfies GaugeRow;
