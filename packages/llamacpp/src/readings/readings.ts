import type { ModelInfo, ModelReadings } from "@aiwatch/core";
import { defined, isObject, numberAt, processWide } from "@aiwatch/core/adapter";
import { architectureMetadataOf, architectureOf, llamaOf, quantizationOf } from "../model/gguf.ts";
import { ggmlTypes, kvBytesPerToken } from "../model/kv-bytes-per-token.ts";
import { contextActivityOf } from "./context-activity.ts";

/** How long each model took to load, in milliseconds. */
export const loadTimes = processWide("@aiwatch/llamacpp/load-times", 1, () => new WeakMap<object, number>());

/** What a `LlamaModel` says about itself now. Its size is that of its tensors, not of its file. */
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

/** What a `LlamaContext` says about itself now. */
export function readContext(context: object): ModelReadings {
  const total = numberAt(context, "totalSequences");
  const free = numberAt(context, "sequencesLeft");
  return defined({
    modelType: "llama.cpp",
    contextSize: numberAt(context, "contextSize"),
    batchSize: numberAt(context, "batchSize"),
    threadsUsed: threadsOf(context),
    memoryPerTokenBytes: memoryPerTokenOf(context),
    contextMemoryBytes: memoryOf(context),
    activeSequences: total === undefined || free === undefined ? undefined : total - free,
    freeSequences: free,
  });
}

/** While it decodes, the threads in use; they stay set afterwards, so that an idle context shows those that it will use. */
function threadsOf(context: object): number | undefined {
  const used = contextActivityOf(context).running > 0 ? numberAt(context, "currentThreads") : undefined;
  return used ?? numberAt(context, "idealThreads");
}

/** The engine's own reckoning, wherever the memory lies. A context that takes none is one that it knows nothing of. */
function memoryOf(context: object): number | undefined {
  const usage: unknown = Reflect.get(context, "memoryUsage");
  if (!isObject(usage)) return undefined;
  const bytes = (numberAt(usage, "ram") ?? 0) + (numberAt(usage, "vram") ?? 0);
  return bytes > 0 ? bytes : undefined;
}

function memoryPerTokenOf(context: object): number | undefined {
  const model: unknown = Reflect.get(context, "model");
  const metadata = architectureMetadataOf(model);
  if (metadata === undefined) return undefined;
  // releases that cannot choose the types have llama.cpp's default
  const keyType = numberAt(context, "kvCacheKeyType") ?? ggmlTypes.F16;
  const valueType = numberAt(context, "kvCacheValueType") ?? ggmlTypes.F16;
  return kvBytesPerToken(metadata, keyType, valueType, architectureOf(model));
}

/** What a `LlamaContextSequence` says about its KV cache now. */
export function readSequence(sequence: object): ModelReadings {
  const contextTokens = numberAt(sequence, "nextTokenIndex");
  const contextSize = numberAt(sequence, "contextSize");
  if (contextTokens === undefined) return {};
  const isKnown = contextSize !== undefined && contextSize > 0;
  return { contextTokens, ...(isKnown && { kvCacheUsageRatio: contextTokens / contextSize }) };
}
