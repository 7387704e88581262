import { float32, type GgufMetadata, string, strings, type Tensor, uint32 } from "../gguf/write-gguf.ts";

/** What llama.cpp must know of a model's measures. */
export interface Architecture {
  /** The name under which llama.cpp knows the graph. */
  readonly family: "llama" | "qwen3";
  /** Length of the vector that stands for a token. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly feedForward: number;
  readonly normEpsilon: number;
  /**
   * The larger, the slower the slowest pair of a query turns: how far apart two tokens can be and still meet.
   * @default 10000
   */
  readonly frequencyBase?: number;
  /** Divides positions before they turn queries and keys: with a huge one, heads do not care how far apart two tokens are. */
  readonly positionDivisor?: number;
  /** How the vectors of a text become one; undefined for a model that generates. */
  readonly pooling?: "mean" | "rank";
}

/** llama.cpp's numbers for its ways of pooling. */
const poolingTypes = { mean: 1, rank: 4 } as const;

/** One layer that could attend and does not: the walk needs no more, and a context still has keys and values to keep. */
export const walker: Architecture = {
  family: "llama",
  width: 128,
  layers: 1,
  heads: 4,
  headWidth: 32,
  feedForward: 32,
  normEpsilon: 1e-6,
};

export function architectureMetadata(architecture: Architecture, name: string, contextLength: number): GgufMetadata {
  const { family, pooling, positionDivisor, frequencyBase = 10_000 } = architecture;
  return {
    "general.architecture": string(family),
    "general.name": string(name),
    // The format's number for "mostly F16".
    "general.file_type": uint32(1),
    [`${family}.context_length`]: uint32(contextLength),
    [`${family}.embedding_length`]: uint32(architecture.width),
    [`${family}.block_count`]: uint32(architecture.layers),
    [`${family}.feed_forward_length`]: uint32(architecture.feedForward),
    [`${family}.attention.head_count`]: uint32(architecture.heads),
    [`${family}.attention.head_count_kv`]: uint32(architecture.heads),
    [`${family}.attention.key_length`]: uint32(architecture.headWidth),
    [`${family}.attention.value_length`]: uint32(architecture.headWidth),
    [`${family}.attention.layer_norm_rms_epsilon`]: float32(architecture.normEpsilon),
    [`${family}.rope.dimension_count`]: uint32(architecture.headWidth),
    [`${family}.rope.freq_base`]: float32(frequencyBase),
    ...(positionDivisor === undefined ? {} : linearScaling(family, positionDivisor)),
    ...(pooling === undefined ? {} : { [`${family}.pooling_type`]: uint32(poolingTypes[pooling]) }),
    // Their number is the width of the classifier that llama.cpp expects.
    ...(pooling === "rank" ? { [`${family}.classifier.output_labels`]: strings(["yes", "no"]) } : {}),
  };
}

function linearScaling(family: string, factor: number): GgufMetadata {
  return { [`${family}.rope.scaling.type`]: string("linear"), [`${family}.rope.scaling.factor`]: float32(factor) };
}

/** Weights, and the architecture that makes sense of them. */
export interface ModelWeights {
  readonly architecture: Architecture;
  readonly tensors: readonly Tensor[];
}
