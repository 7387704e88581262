import { byteCharacters } from "../vocabulary/byte-level.ts";
import { contentWord } from "../vocabulary/content-word.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { type Architecture, walker } from "./architecture.ts";
import { blockTensors, silentBlock } from "./block.ts";
import { Matrix, scaleTensor } from "./matrix.ts";
import type { ModelWeights } from "./model-weights.ts";
import { wordCode } from "./word-code.ts";

/**
 * The norm before pooling would make all tokens equally loud. With an epsilon as large as the mean square of a vector of length one, short
 * vectors stay short through it, and words such as "the" hardly count in the mean.
 */
const width = 256;
const embedder: Architecture = { ...walker, width, normEpsilon: 1 / width, pooling: "mean" };

/** Lengths of the vectors: content words carry the meaning, bytes (the spelling of unknown words) some, the rest next to none. */
const loudness = { content: 1, byte: 0.3, other: 0.05 };

/** A text's embedding is the mean of its words' codes: texts that share words, or have synonyms, point the same way. */
export function embeddingModel(vocabulary: Vocabulary): ModelWeights {
  const matrix = new Matrix(vocabulary.size, embedder.width);
  vocabulary.tokens.forEach((token, id) => {
    const { word, length } = heard(token);
    wordCode(word, embedder.width).forEach((value, axis) => void matrix.set(id, axis, value * length));
  });
  const tensors = [
    matrix.toTensor("token_embd.weight"),
    ...blockTensors(silentBlock(embedder), 0, embedder),
    scaleTensor("output_norm.weight", embedder.width),
  ];
  return { architecture: embedder, tensors };
}

const bytes = new Set(byteCharacters);

function heard(token: string): { word: string; length: number } {
  const content = contentWord(token);
  if (content !== undefined) return { word: content, length: loudness.content };
  return { word: token.toLowerCase(), length: bytes.has(token) && token !== "Ġ" ? loudness.byte : loudness.other };
}
