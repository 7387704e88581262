import { tokenCountBounds } from "./bounds.ts";
import { model } from "./inference-rows.ts";
import { type CatalogueRow, closed } from "./row.ts";
import { correctedCounts, tokenDirections } from "./values.ts";

export const tokenRows = {
  chatTokens: {
    type: "counter",
    name: "genai_app_chat_tokens_total",
    help: "Total number of tokens processed in chat",
    unit: "tokens",
    labels: { direction: closed(...tokenDirections), model },
    aggregation: "sum",
  },
  cachedPromptTokens: {
    type: "counter",
    name: "genai_app_cached_prompt_tokens_total",
    help: "Prompt tokens whose KV entries were reused instead of evaluated",
    unit: "tokens",
    labels: { model },
    aggregation: "sum",
  },
  reasoningTokens: {
    type: "counter",
    name: "genai_app_reasoning_tokens_total",
    help: "Output tokens in which the model thought",
    unit: "tokens",
    labels: { model },
    aggregation: "sum",
  },
  undeliveredTokens: {
    type: "counter",
    name: "genai_app_undelivered_tokens_total",
    help: "Output tokens that were generated and never delivered",
    unit: "tokens",
    labels: { model },
    aggregation: "sum",
  },
  tokenDebt: {
    type: "gauge",
    name: "genai_app_token_debt",
    help: "Tokens that a counter showed and that an engine took back in the end: the next ones pay for them",
    unit: "tokens",
    labels: { model, kind: closed(...correctedCounts) },
    aggregation: "sum",
  },
  promptTokens: {
    type: "histogram",
    name: "genai_app_prompt_tokens",
    help: "Tokens of an inference's prompt",
    unit: "tokens",
    labels: { model },
    bounds: tokenCountBounds,
    aggregation: "sum",
  },
  outputTokens: {
    type: "histogram",
    name: "genai_app_output_tokens",
    help: "Tokens that an inference generated",
    unit: "tokens",
    labels: { model },
    bounds: tokenCountBounds,
    aggregation: "sum",
  },
} as const satisfies Record<string, CatalogueRow>;
