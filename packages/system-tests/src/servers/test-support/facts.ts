import type { InferenceRecord } from "@aiwatch/core";

/** What a record can say of an answer, where its server tells it. */
export const facts = [
  "prompt",
  "cached",
  "output",
  "load time",
  "prompt time",
  "decode time",
  "first token",
  "finish",
  "tool calls",
  "dimensions",
] as const;

export type Fact = (typeof facts)[number];

/** In the order of `facts`. */
export function factsOf({ serverTimes, ...record }: InferenceRecord): Fact[] {
  const told: Record<Fact, unknown> = {
    prompt: record.promptTokens,
    cached: record.cachedPromptTokens,
    output: record.outputTokens,
    "load time": serverTimes?.loadMs,
    "prompt time": serverTimes?.promptEvalMs,
    "decode time": serverTimes?.decodeMs,
    "first token": record.firstTokenMs,
    finish: record.finishReason.raw,
    "tool calls": record.toolCalls,
    dimensions: record.dimensions,
  };
  return facts.filter((fact) => told[fact] !== undefined);
}
