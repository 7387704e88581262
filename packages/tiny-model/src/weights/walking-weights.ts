import type { Chain } from "../grammar/chain.ts";
import { specialTokens } from "../vocabulary/special-tokens.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { type Architecture, walker } from "./architecture.ts";
import { type Block, blockTensors, silentBlock } from "./block.ts";
import { Matrix, scaleTensor } from "./matrix.ts";
import type { ModelWeights } from "./model-weights.ts";

/** A logit so low that no sampler reaches it, and still a number that arithmetic in halves keeps. */
const never = -30;

/** The parts of a model that walks a chain, for others to change. */
export interface Walk {
  readonly architecture: Architecture;
  /** The states of tokens, which are axes as well; the axes from `stateCount` on are free. */
  readonly states: ReadonlyMap<number, number>;
  readonly stateCount: number;
  readonly embeddings: Matrix;
  readonly block: Block;
  readonly outputs: Matrix;
}

/** A Markov chain as transformer weights; the samplers draw from the chain itself. */
export function walkingModel(chain: Chain, vocabulary: Vocabulary, feedForward?: number): ModelWeights {
  return walkWeights(walk(chain, vocabulary, { ...walker, ...(feedForward === undefined ? {} : { feedForward }) }));
}

/**
 * A token's embedding points along the axis of its state; the block adds nothing; the last norm makes the vector √width long; so the output
 * matrix, with log-probabilities over √width in the state's column, yields them as logits.
 */
export function walk(chain: Chain, vocabulary: Vocabulary, architecture: Architecture): Walk {
  const { width } = architecture;
  if (chain.length > width) throw new Error(`${chain.length} states do not fit into ${width} axes`);
  const states = statesByToken(chain, vocabulary);
  return {
    architecture,
    states,
    stateCount: chain.length,
    embeddings: embeddings(states, vocabulary, width),
    block: silentBlock(architecture),
    outputs: outputs(chain, vocabulary, width),
  };
}

export function walkWeights({ architecture, embeddings, block, outputs }: Walk): ModelWeights {
  const tensors = [
    embeddings.toTensor("token_embd.weight"),
    ...blockTensors(block, 0, architecture),
    scaleTensor("output_norm.weight", architecture.width),
    outputs.toTensor("output.weight"),
  ];
  return { architecture, tensors };
}

function embeddings(states: ReadonlyMap<number, number>, vocabulary: Vocabulary, width: number): Matrix {
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
