import { writeGguf } from "./gguf/write-gguf.ts";
import { markovChain } from "./grammar/chain.ts";
import { type ResolvedOptions, resolveOptions, type TinyModelOptions } from "./options.ts";
import { tokenizerMetadata } from "./vocabulary/tokenizer-metadata.ts";
import { type Vocabulary, vocabulary } from "./vocabulary/vocabulary.ts";
import { architectureMetadata } from "./weights/architecture.ts";
import { embeddingModel } from "./weights/embedding-weights.ts";
import type { ModelWeights } from "./weights/model-weights.ts";
import { rankingModel } from "./weights/ranking-weights.ts";
import { walkingModel } from "./weights/walking-weights.ts";

/** The bytes of a GGUF file that llama.cpp loads and that speaks; the same for the same options, always. */
export function buildTinyModel(options: TinyModelOptions = {}): Uint8Array {
  const { name, contextLength, ...making } = resolveOptions(options);
  const words = vocabulary();
  const { architecture, tensors } = modelWeights(making, words);
  const metadata = { ...architectureMetadata(architecture, name, contextLength), ...tokenizerMetadata(words) };
  return writeGguf(metadata, tensors);
}

type Making = Pick<ResolvedOptions, "variant" | "sentences" | "feedForward">;

function modelWeights({ variant, sentences, feedForward }: Making, words: Vocabulary): ModelWeights {
  switch (variant) {
    case "chat":
      return walkingModel(markovChain(1 / sentences), words, feedForward);
    case "endless":
      return walkingModel(markovChain(0), words, feedForward);
    case "embedding":
      return embeddingModel(words);
    case "ranking":
      return rankingModel(words);
    default:
      return variant satisfies never;
  }
}
