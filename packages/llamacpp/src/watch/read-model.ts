import type { ModelInfo, ModelReadings } from "@aiwatch/core";
import { defined, isObject, numberAt, processWide } from "@aiwatch/core/adapter";
import { architectureOf, llamaOf, quantizationOf } from "../model/model-info.ts";

/** How long each model took to load, in milliseconds. */
export const loadTimes = processWide("@aiwatch/llamacpp/load-times", 1, () => new WeakMap<object, number>());

/** What a `LlamaModel` tells about itself now. Its size is that of its tensors, not of its file. */
export function readModel(model: object): ModelReadings {
  return defined({
    modelMemoryBytes: numberAt(model, "size"),
    modelType: "llama.cpp",
    loadMs: loadTimes().get(model),
    info: infoOf(model),
  });
}

function infoOf(model: object): ModelInfo {
  const insights: unknown = Reflect.get(model, "fileInsights");
  return defined({
    architecture: architectureOf(model),
    quantization: quantizationOf(model),
    parameters: isObject(insights) ? numberAt(insights, "totalParameters") : undefined,
    gpu: gpuOf(model),
    trainContextSize: numberAt(model, "trainContextSize"),
  });
}

/** The back end that the engine was started with: `false` is the CPU. */
function gpuOf(model: object): string | undefined {
  const llama = llamaOf(model);
  const gpu: unknown = llama === undefined ? undefined : Reflect.get(llama, "gpu");
  if (gpu === false) return "cpu";
  return typeof gpu === "string" ? gpu : undefined;
}
