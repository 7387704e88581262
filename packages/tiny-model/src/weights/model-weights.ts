import type { Tensor } from "../gguf/tensor.ts";
import type { Architecture } from "./architecture.ts";

/** Weights, and the architecture that makes sense of them. */
export interface ModelWeights {
  readonly architecture: Architecture;
  readonly tensors: readonly Tensor[];
}
