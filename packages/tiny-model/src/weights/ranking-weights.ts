import { specialTokens } from "../vocabulary/special-tokens.ts";
import { byteCharacters, contentWord, type Vocabulary } from "../vocabulary/vocabulary.ts";
import { type Architecture, type ModelWeights, walker } from "./architecture.ts";
import { Matrix, scaleTensor, wordCode } from "./matrix.ts";
import { type Block, blockTensors, silentBlock } from "./walking-weights.ts";

/**
 * The norm before pooling would make all tokens equally loud. With an epsilon as large as the mean square of a vector of length one, short
 * vectors stay short through it, and words such as "the" hardly count in the mean.
 */
const embedderWidth = 256;
const embedder: Architecture = { ...walker, width: embedderWidth, normEpsilon: 1 / embedderWidth, pooling: "mean" };

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

const rankerWidth = 64;

/** llama.cpp pools a score from the last token of this family alone, and norms its queries and keys. */
const ranker: Architecture = {
  family: "qwen3",
  width: rankerWidth,
  layers: 3,
  heads: 1,
  headWidth: rankerWidth,
  feedForward: 32,
  normEpsilon: 1e-6,
  positionDivisor: 1e9,
  pooling: "rank",
};

/** The axes of the vector: a word's code, then facts about the token, the last three found out by the layers. */
const codeWidth = 48;
const axis = { always: 48, isEnd: 49, isStart: 50, isContent: 51, inDocument: 52, matched: 53, score: 54 } as const;

/**
 * The input is: start mark, query, end mark, document, end mark. Layer by layer the tokens find out whether an end mark came before them, which
 * makes them the document's; whether the query holds their word; and, for the last token, what part of the document's words it held.
 */
export function rankingModel(vocabulary: Vocabulary): ModelWeights {
  const blocks = [findDocument(), matchQuery(), shareOfMatches()];
  const tensors = [
    embeddings(vocabulary).toTensor("token_embd.weight"),
    ...blocks.flatMap((block, layer) => blockTensors(block, layer, ranker)),
    scaleTensor("output_norm.weight", rankerWidth),
    classifier().toTensor("cls.output.weight"),
  ];
  return { architecture: ranker, tensors };
}

function embeddings(vocabulary: Vocabulary): Matrix {
  const matrix = new Matrix(vocabulary.size, rankerWidth);
  vocabulary.tokens.forEach((token, id) => {
    matrix.set(id, axis.always, 1);
    if (token === specialTokens.end) matrix.set(id, axis.isEnd, 1);
    if (token === specialTokens.text) matrix.set(id, axis.isStart, 1);
    const word = contentWord(token);
    if (word === undefined) return;
    matrix.set(id, axis.isContent, 1);
    wordCode(word, codeWidth).forEach((value, column) => void matrix.set(id, column, value));
  });
  return matrix;
}

/** What the norm before a layer makes of a one, in a vector whose squares add up to so much. */
const normed = (squares: number): number => Math.sqrt(rankerWidth / squares);

/** Queries and keys are normed, so only the signs matter below, and the ratios. */
function findDocument(): Block {
  const block = silentBlock(ranker, 2);
  block.query.set(0, axis.always, 1);
  block.key.set(0, axis.isEnd, 1);
  block.value.set(0, axis.isEnd, 1 / normed(2));
  block.attentionOutput.set(axis.inDocument, 0, 1);
  return block;
}

/**
 * A token looks for its own word. The start mark draws the gaze unless some key is closer to it, as the query's same word and its synonyms are;
 * the document's own tokens turn away.
 */
function matchQuery(): Block {
  const block = silentBlock(ranker, 4);
  for (let column = 0; column < codeWidth; column++) {
    block.query.set(column, column, 1);
    block.key.set(column, column, 1);
  }
  block.query.set(codeWidth, axis.always, 0.5);
  block.key.set(codeWidth, axis.isStart, 1).set(codeWidth, axis.inDocument, -2);
  block.value.set(0, axis.isContent, 1 / normed(3));
  block.attentionOutput.set(axis.matched, 0, 1);
  return block;
}

/** The key faces the query for the content words of the document alone; where it has none, the start mark is nearest, and no match. */
function shareOfMatches(): Block {
  const block = silentBlock(ranker, 2);
  block.query.set(0, axis.always, 1).set(1, axis.always, 0.5);
  block.key.set(0, axis.isContent, 1).set(0, axis.inDocument, 1).set(0, axis.always, -1.5).set(1, axis.isStart, 10);
  block.value.set(0, axis.matched, 1 / normed(4));
  block.attentionOutput.set(axis.score, 0, 1);
  return block;
}

/** Two logits, relevant and not, of which llama.cpp makes a probability: 5 % without a match, one half where the share is 0.15. */
function classifier(): Matrix {
  return new Matrix(2, rankerWidth).set(0, axis.score, 20 / normed(3)).set(0, axis.always, -3 / normed(3));
}
