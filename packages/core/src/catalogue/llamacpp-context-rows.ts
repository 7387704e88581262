import { model } from "./inference-rows.ts";
import { type CounterRow, closed, type GaugeRow } from "./row.ts";
import { sequenceStates } from "./values.ts";

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

export const contextTokens = {
  type: "gauge",
  name: "genai_app_llamacpp_context_tokens",
  help: "Tokens that the KV caches hold",
  unit: "tokens",
  labels: { model },
  definition: "Tokens in the KV cache, added up over the model's observed sequences.",
  source: "Each sequence's next token index, read at the scrape.",
  aggregation: "sum",
} as const satisfies GaugeRow;

export const kvCacheUsage = {
  type: "gauge",
  name: "genai_app_llamacpp_kv_cache_usage_ratio",
  help: "Part of the context's tokens in use, 0 to 1",
  unit: "ratio",
  labels: { model },
  definition:
    "Tokens in a sequence's KV cache over those that it can hold. Of several sequences the fullest: it is the next to be shifted.",
  source: "The sequence's next token index and the context's size, read at the scrape.",
  aggregation: "max",
} as const satisfies GaugeRow;

export const contextShifts = {
  type: "counter",
  name: "genai_app_llamacpp_context_shifts_total",
  help: "Times that tokens were evicted from a full context so that generation could go on",
  unit: "context shifts",
  labels: { model },
  definition:
    "Evictions while an inference ran: by the sequence itself in the midst of a decode, or by a chat or completion that goes on with a shortened history in a full context. A history that is shortened before its first evaluation is none.",
  source:
    "The sequence's own eviction, as it begins, and its next token index, which is lower where a full context's next evaluation begins.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const sequences = {
  type: "gauge",
  name: "genai_app_llamacpp_sequences",
  help: "Sequences of the model's contexts",
  unit: "sequences",
  labels: { model, state: closed(...sequenceStates) },
  definition:
    "`active` were given out by `getSequence` and are not disposed; `free` are left. Added up over the observed contexts.",
  source: "The contexts' own figures, read at the scrape.",
  aggregation: "sum",
} as const satisfies GaugeRow;

export const contextMemory = {
  type: "gauge",
  name: "genai_app_llamacpp_context_memory_bytes",
  help: "Memory of the model's contexts in bytes",
  unit: "bytes",
  labels: { model },
  definition:
    "What node-llama-cpp reckons its contexts to take, KV cache and compute buffers, main memory and GPU memory together. Added up over the observed contexts. Absent before node-llama-cpp 3.21.",
  source: "`context.memoryUsage`.",
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
