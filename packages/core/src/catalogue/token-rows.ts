import { tokenCountBounds } from "./bounds.ts";
import { model } from "./inference-rows.ts";
import { type CounterRow, closed, type HistogramRow } from "./row.ts";
import { tokenDirections } from "./values.ts";

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

export const reasoningTokens = {
  type: "counter",
  name: "genai_app_reasoning_tokens_total",
  help: "Output tokens in which the model thought",
  unit: "tokens",
  labels: { model },
  definition:
    "The part of the `output` tokens that lies inside thought segments; the tokens that open and close a segment are left out. Nothing is added where the model's template has no thoughts.",
  source: "The engine's own tokens, between the template's opening and closing of a thought.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const undeliveredTokens = {
  type: "counter",
  name: "genai_app_undelivered_tokens_total",
  help: "Output tokens that were generated and never delivered",
  unit: "tokens",
  labels: { model },
  definition:
    "Work that nobody got. A call that rejects delivers what it handed to its streaming callbacks: without one, all of its output tokens are undelivered; with one, the last token when the abort came before it was handed on, and thoughts where only the answer is streamed. A call that resolves delivers all it generated.",
  source: "The engine's own tokens and how the call ended.",
  aggregation: "sum",
} as const satisfies CounterRow;

export const promptTokens = {
  type: "histogram",
  name: "genai_app_prompt_tokens",
  help: "Tokens of an inference's prompt",
  unit: "tokens",
  labels: { model },
  bounds: tokenCountBounds,
  definition: "The prompt's size for each inference that reached the engine, tokens reused from the KV cache included.",
  source: "The engine's own tokens.",
  aggregation: "sum",
} as const satisfies HistogramRow;

export const outputTokens = {
  type: "histogram",
  name: "genai_app_output_tokens",
  help: "Tokens that an inference generated",
  unit: "tokens",
  labels: { model },
  bounds: tokenCountBounds,
  definition:
    "Generated tokens of each chat or completion that reached the engine, the end token included, however it ended.",
  source: "The engine's own tokens.",
  aggregation: "sum",
} as const satisfies HistogramRow;
