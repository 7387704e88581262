import { catalogue } from "@aiwatch/core";
import { absentInTheDemo, ofServers } from "./absent-in-the-demo.ts";

const inOneProcess = [
  catalogue.modelMemory,
  catalogue.modelLoad,
  catalogue.modelInfo,
  catalogue.contextSize,
  catalogue.contextTokens,
  catalogue.kvCacheUsage,
  catalogue.sequences,
  catalogue.contextMemory,
  catalogue.memoryPerToken,
  catalogue.threadsUsed,
  catalogue.batchSize,
  catalogue.decodeBatchTokens,
];

/** Metrics of which the demo has no series where a llama-server answers its chats. */
export const absentOnAServer: readonly { readonly metric: string; readonly reason: string }[] = [
  ...absentInTheDemo.filter(({ metric }) => !ofServers.includes(metric)),
  ...inOneProcess.map(({ name }) => ({ metric: name, reason: "only a model in the process tells it" })),
  {
    metric: catalogue.interTokenLatency.name,
    reason: "tokens are counted at the end, unless the app asks for their times",
  },
  { metric: catalogue.queuedInferences.name, reason: "no server tells who waits" },
  { metric: catalogue.queueTime.name, reason: "no server tells how long its queue was" },
  { metric: catalogue.modelServerMemory.name, reason: "llama-server does not tell it" },
  { metric: catalogue.llamaCppServerKvCacheUsage.name, reason: "it is read only while the server works" },
];
