import type { ModelReadings } from "@aiwatch/core";
import { numberAt } from "@aiwatch/core/adapter";

/** What a `LlamaContextSequence` tells about its KV cache now. */
export function readSequence(sequence: object): ModelReadings {
  const contextTokens = numberAt(sequence, "nextTokenIndex");
  const contextSize = numberAt(sequence, "contextSize");
  if (contextTokens === undefined) return {};
  const isKnown = contextSize !== undefined && contextSize > 0;
  return { contextTokens, ...(isKnown && { kvCacheUsageRatio: contextTokens / contextSize }) };
}
