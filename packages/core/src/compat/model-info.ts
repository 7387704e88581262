import type { ModelBoard } from "../models/model-board.ts";

/** The model in `GET /health`, as the original told it. */
export interface CompatModelInfo {
  readonly model: string;
  /** What runs the model, such as `llama.cpp`. */
  readonly modelType?: string;
  /** Tokens that one sequence can hold. */
  readonly contextWindow?: number;
}

/** The model that lives here, of several the first one, else the first that was reported or used; null until there is one. */
export function modelInfo(models: ModelBoard): CompatModelInfo | null {
  const [first] = models.read();
  if (first === undefined) return null;
  const [model, { modelType, contextSize }] = first;
  return {
    model,
    ...(modelType !== undefined && { modelType }),
    ...(contextSize !== undefined && { contextWindow: contextSize }),
  };
}
