import type { ModelReadings } from "@aiwatch/core";
import { defined, isObject, numberAt } from "@aiwatch/core/adapter";
import { ggmlTypes } from "../model/ggml-types.ts";
import { kvBytesPerToken } from "../model/kv-bytes-per-token.ts";
import { architectureMetadataOf, architectureOf } from "../model/model-info.ts";
import { contextActivityOf } from "./context-activity.ts";

/** What a `LlamaContext` tells about itself now. */
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

/** While it decodes, the threads in use; they stay set afterwards, so that an idle context tells those that it will use. */
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
