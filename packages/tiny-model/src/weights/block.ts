import type { Tensor } from "../gguf/tensor.ts";
import type { Architecture } from "./architecture.ts";
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
