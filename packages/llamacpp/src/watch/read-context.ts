import type { ModelReadings } from "@aiwatch/core";
import { ggmlTypes } from "../model/ggml-types.ts";
import { kvBytesPerToken } from "../model/kv-bytes-per-token.ts";
import { architectureMetadataOf, architectureOf } from "../model/model-info.ts";
import { contextActivityOf } from "./context-activity.ts";
import { numberAt } from "./numbers.ts";

/** What a `LlamaContext` tells about itself now. */
export function readContext(context: object): ModelReadings {
  const contextSize = numberAt(context, "contextSize");
  const batchSize = numberAt(context, "batchSize");
  const threadsUsed = threadsOf(context);
  const memoryPerTokenBytes = memoryPerTokenOf(context);
  return {
    ...(contextSize !== undefined && { contextSize }),
    ...(batchSize !== undefined && { batchSize }),
    ...(threadsUsed !== undefined && { threadsUsed }),
    ...(memoryPerTokenBytes !== undefined && { memoryPerTokenBytes }),
  };
}

/** While it decodes, the threads in use; they stay set afterwards, so that an idle context tells those that it will use. */
function threadsOf(context: object): number | undefined {
  const used = contextActivityOf(context).running > 0 ? numberAt(context, "currentThreads") : undefined;
  return used ?? numberAt(context, "idealThreads");
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
