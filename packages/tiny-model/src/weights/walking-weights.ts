import type { Chain } from "../grammar/chain.ts";
import { specialTokens } from "../vocabulary/special-tokens.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { walker } from "./architecture.ts";
import { blockTensors, silentBlock } from "./block.ts";
import { Matrix, scaleTensor } from "./matrix.ts";
import type { ModelWeights } from "./model-weights.ts";

/** A logit so low that no sampler reaches it, and still a number that arithmetic in halves keeps. */
const never = -30;

/**
 * A Markov chain as transformer weights. A token's embedding points along the axis of its state; the blocks add nothing; the last norm makes
 * the vector √width long; so the output matrix, with log-probabilities over √width in the state's column, yields them as logits. The samplers
 * then draw from the chain itself.
 */
export function walkingModel(chain: Chain, vocabulary: Vocabulary, feedForward = walker.feedForward): ModelWeights {
  const { width } = walker;
  const architecture = { ...walker, feedForward };
  if (chain.length > width) throw new Error(`${chain.length} states do not fit into ${width} axes`);
  const tensors = [
    embeddings(chain, vocabulary, width).toTensor("token_embd.weight"),
    ...blockTensors(silentBlock(architecture), 0, architecture),
    scaleTensor("output_norm.weight", width),
    outputs(chain, vocabulary, width).toTensor("output.weight"),
  ];
  return { architecture, tensors };
}

function embeddings(chain: Chain, vocabulary: Vocabulary, width: number): Matrix {
  const states = statesByToken(chain, vocabulary);
  const matrix = new Matrix(vocabulary.size, width);
  for (let token = 0; token < vocabulary.size; token++) matrix.set(token, states.get(token) ?? 0, 1);
  return matrix;
}

/** The first state is that of all tokens that no other claims. A word without its space, as a prompt may open with, counts as the same word. */
function statesByToken(chain: Chain, vocabulary: Vocabulary): Map<number, number> {
  const states = new Map<number, number>();
  const claim = (word: string, state: number): void => {
    const token = vocabulary.idOf(word);
    if (token !== undefined && !states.has(token)) states.set(token, state);
  };
  chain.forEach(({ words }, state) => {
    for (const word of words) claim(word, state);
  });
  chain.forEach(({ words }, state) => {
    for (const word of words) claim(word.trimStart(), state);
  });
  return states;
}

function outputs(chain: Chain, vocabulary: Vocabulary, width: number): Matrix {
  const length = Math.sqrt(width);
  const matrix = new Matrix(vocabulary.size, width).fill(never / length);
  chain.forEach(({ next }, state) => {
    const put = (text: string, probability: number): void => {
      const token = vocabulary.idOf(text);
      if (token === undefined) throw new Error(`"${text}" is not one token`);
      if (probability > 0) matrix.set(token, state, Math.log(probability) / length);
    };
    for (const [word, probability] of next.words) put(word, probability);
    put(specialTokens.end, next.end);
  });
  return matrix;
}
