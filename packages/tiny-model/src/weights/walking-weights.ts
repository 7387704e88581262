import type { Tensor } from "../gguf/write-gguf.ts";
import type { Chain } from "../grammar/grammar.ts";
import { specialTokens } from "../vocabulary/special-tokens.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { type Architecture, type ModelWeights, walker } from "./architecture.ts";
import { Matrix, scaleTensor, ZeroMatrix } from "./matrix.ts";

/**
 * A transformer block's matrices, all zero: as it is, it adds nothing to what passes through. The feed-forward part always stays so; it is
 * computed all the same, and its width is what the model's pace is set by.
 */
export interface Block {
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
  readonly attentionOutput: Matrix;
  readonly gate: ZeroMatrix;
  readonly up: ZeroMatrix;
  readonly down: ZeroMatrix;
  /**
   * Only where queries and keys are normed, which makes their lengths equal and leaves their angle: how much a small angle outweighs a large one.
   */
  readonly sharpness: number;
}

export function silentBlock(architecture: Architecture, sharpness = 1): Block {
  const { width, feedForward } = architecture;
  const attention = architecture.heads * architecture.headWidth;
  return {
    query: new Matrix(attention, width),
    key: new Matrix(attention, width),
    value: new Matrix(attention, width),
    attentionOutput: new Matrix(width, attention),
    gate: new ZeroMatrix(feedForward, width),
    up: new ZeroMatrix(feedForward, width),
    down: new ZeroMatrix(width, feedForward),
    sharpness,
  };
}

export function blockTensors(block: Block, layer: number, architecture: Architecture): Tensor[] {
  const { width } = architecture;
  const name = (part: string): string => `blk.${layer}.${part}.weight`;
  return [
    scaleTensor(name("attn_norm"), width),
    ...(architecture.family === "qwen3" ? angleNorms(block, name, architecture.headWidth) : []),
    block.query.toTensor(name("attn_q")),
    block.key.toTensor(name("attn_k")),
    block.value.toTensor(name("attn_v")),
    block.attentionOutput.toTensor(name("attn_output")),
    scaleTensor(name("ffn_norm"), width),
    block.gate.toTensor(name("ffn_gate")),
    block.up.toTensor(name("ffn_up")),
    block.down.toTensor(name("ffn_down")),
  ];
}

function angleNorms(block: Block, name: (part: string) => string, headWidth: number): Tensor[] {
  return [scaleTensor(name("attn_q_norm"), headWidth, block.sharpness), scaleTensor(name("attn_k_norm"), headWidth)];
}

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
