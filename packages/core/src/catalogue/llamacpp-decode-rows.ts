import { batchTokenBounds, promptEvalBounds } from "./bounds.ts";
import { model } from "./inference-rows.ts";
import { type CounterRow, closed, type GaugeRow, type HistogramRow } from "./row.ts";
import { speculationOutcomes } from "./values.ts";

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

export const promptEvalTokens = {
  type: "counter",
  name: "genai_app_llamacpp_prompt_eval_tokens_total",
  help: "Tokens that were prefilled",
  unit: "tokens",
  labels: { model },
  definition:
    "Tokens that were really decoded as a prompt: without those reused from the KV cache, without what an abort left undone, and with what a context shift made the engine evaluate again.",
  source: "The sequence's token meter, as each batch is decoded.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const llamaCppTokensPerSecond = {
  type: "gauge",
  name: "genai_app_llamacpp_tokens_per_second",
  help: "Tokens generated per second",
  unit: "tokens per second",
  labels: { model },
  definition:
    "`genai_app_tokens_per_second` of llama.cpp alone, under the name that the Go system has for it: of its inferences, else what a model that it runs tells or what was reported of it. Absent for the models of other engines. What nobody named the engine of is llama.cpp's.",
  source: "The process's monotonic clock, at the tokens' yields; prompt evaluation is not in it.",
  aggregation: "sum",
} as const satisfies GaugeRow;

export const decodeBatchTokens = {
  type: "histogram",
  name: "genai_app_llamacpp_decode_batch_tokens",
  help: "Tokens that one decode really held",
  unit: "tokens",
  labels: { model },
  bounds: batchTokenBounds,
  definition:
    "Tokens of each native batch of an observed context, those of all the sequences that share it, observed or not.",
  source: "What node-llama-cpp opens each native batch with.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const speculativeTokens = {
  type: "counter",
  name: "genai_app_llamacpp_speculative_tokens_total",
  help: "Tokens that a token predictor drafted and the model checked",
  unit: "tokens",
  labels: { model, outcome: closed(...speculationOutcomes) },
  definition:
    "`used`: right and taken into the answer. `unused`: right, and the answer went on without it or ended. `refuted`: wrong, its evaluation was in vain. Absent without a token predictor.",
  source: "The sequence's own statistics, as differences over each inference.",
  aggregation: "sum",
} as const satisfies CounterRow;
