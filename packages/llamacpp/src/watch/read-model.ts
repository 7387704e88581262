import type { ModelReadings } from "@aiwatch/core";
import { architectureOf } from "../model/model-info.ts";
import { numberAt } from "./numbers.ts";

/** What a `LlamaModel` tells about itself now. Its size is that of its tensors, not of its file. */
export function readModel(model: object): ModelReadings {
  const modelMemoryBytes = numberAt(model, "size");
  const modelType = architectureOf(model);
  return {
    ...(modelMemoryBytes !== undefined && { modelMemoryBytes }),
    ...(modelType !== undefined && { modelType }),
  };
}
