import { writeGguf } from "./gguf/write-gguf.ts";
import { markovChain } from "./grammar/chain.ts";
import { resolveOptions, type TinyModelOptions, type Variant } from "./options.ts";
import { tokenizerMetadata } from "./vocabulary/tokenizer-metadata.ts";
import { type Vocabulary, vocabulary } from "./vocabulary/vocabulary.ts";
import { architectureMetadata } from "./weights/architecture.ts";
import { embeddingModel } from "./weights/embedding-weights.ts";
import type { ModelWeights } from "./weights/model-weights.ts";
import { rankingModel } from "./weights/ranking-weights.ts";
import { walkingModel } from "./weights/walking-weights.ts";

/** The chance that a full stop is an answer's last: about five sentences each, or no end at all. */
const endProbabilities = { chat: 0.2, endless: 0 };

/** The bytes of a GGUF file that llama.cpp loads and that speaks; the same for the same options, always. */
export function buildTinyModel(options: TinyModelOptions = {}): Uint8Array {
  const { variant, name, contextLength } = resolveOptions(options);
  const words = vocabulary();
  const { architecture, tensors } = modelWeights(variant, words);
  const metadata = { ...architectureMetadata(architecture, name, contextLength), ...tokenizerMetadata(words) };
  return writeGguf(metadata, tensors);
}

function modelWeights(variant: Variant, words: Vocabulary): ModelWeights {
  switch (variant) {
    case "chat":
    case "endless":
      return walkingModel(markovChain(endProbabilities[variant]), words);
    case "embedding":
      return embeddingModel(words);
    case "ranking":
      return rankingModel(words);
    default:
      return variant satisfies never;
  }
}
