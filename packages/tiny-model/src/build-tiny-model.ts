import { writeGguf } from "./gguf/write-gguf.ts";
import { callingGrammar, callSigns, thinkingGrammar, toolSigns, toolsGrammar } from "./grammar/calling-grammar.ts";
import { grammar, markovChain, wordsOf } from "./grammar/grammar.ts";
import { type ResolvedOptions, resolveOptions, type TinyModelOptions } from "./options.ts";
import { chatTemplates, toolTokens } from "./vocabulary/special-tokens.ts";
import { tokenizerMetadata } from "./vocabulary/tokenizer-metadata.ts";
import { functionWords, toolWords, type Vocabulary, vocabulary } from "./vocabulary/vocabulary.ts";
import type { ModelWeights } from "./weights/architecture.ts";
import { architectureMetadata } from "./weights/architecture.ts";
import { callingModel } from "./weights/calling-weights.ts";
import { embeddingModel, rankingModel } from "./weights/ranking-weights.ts";
import { walkingModel } from "./weights/walking-weights.ts";

/** The bytes of a GGUF file that llama.cpp loads and that speaks; the same for the same options, always. */
export function buildTinyModel(options: TinyModelOptions = {}): Uint8Array {
  const { name, contextLength, ...making } = resolveOptions(options);
  const { words, weights, chatTemplate = chatTemplates.chatMl } = parts(making);
  const metadata = {
    ...architectureMetadata(weights.architecture, name, contextLength),
    ...tokenizerMetadata(words, chatTemplate),
  };
  return writeGguf(metadata, weights.tensors);
}

type Making = Pick<ResolvedOptions, "variant" | "sentences" | "feedForward">;

interface Parts {
  readonly words: Vocabulary;
  readonly weights: ModelWeights;
  readonly chatTemplate?: string;
}

function parts({ variant, sentences, feedForward }: Making): Parts {
  const words = vocabulary();
  switch (variant) {
    case "chat":
      return { words, weights: walkingModel(markovChain(grammar(1 / sentences)), words, feedForward) };
    case "endless":
      return { words, weights: walkingModel(markovChain(grammar(0)), words, feedForward) };
    case "functions":
      return callingParts({ sentences, feedForward });
    case "tools":
      return toolsParts({ sentences, feedForward });
    case "thinking":
      return thinkingParts({ sentences, feedForward });
    case "embedding":
      return { words, weights: embeddingModel(words) };
    case "ranking":
      return { words, weights: rankingModel(words) };
    default:
      return variant satisfies never;
  }
}

function callingParts({ sentences, feedForward }: Omit<Making, "variant">): Parts {
  const classes = callingGrammar(1 / sentences);
  const words = vocabulary([...wordsOf(classes), ...functionWords]);
  return { words, weights: callingModel(markovChain(classes), words, feedForward, callSigns) };
}

function toolsParts({ sentences, feedForward }: Omit<Making, "variant">): Parts {
  const classes = toolsGrammar(1 / sentences);
  const words = vocabulary([...wordsOf(classes), ...Object.values(toolTokens), ...toolWords]);
  const weights = callingModel(markovChain(classes), words, feedForward, toolSigns);
  return { words, weights, chatTemplate: chatTemplates.tools };
}

function thinkingParts({ sentences, feedForward }: Omit<Making, "variant">): Parts {
  const classes = thinkingGrammar(1 / sentences);
  const words = vocabulary(wordsOf(classes));
  const weights = walkingModel(markovChain(classes), words, feedForward);
  return { words, weights, chatTemplate: chatTemplates.thinking };
}
