import { clientFirstToken, clientResponse, clientWebVital } from "./client-rows.ts";
import { activeRequests, httpRequestDuration, httpRequests } from "./http-rows.ts";
import {
  activeInferences,
  firstTokenLatency,
  inferences,
  interTokenLatency,
  modelLatency,
  queuedInferences,
  queueTime,
  sloInferences,
  timePerOutputToken,
  tokensPerSecond,
} from "./inference-rows.ts";
import {
  batchSize,
  contextMemory,
  contextShifts,
  contextSize,
  contextTokens,
  kvCacheUsage,
  memoryPerToken,
  sequences,
  threadsUsed,
} from "./llamacpp-context-rows.ts";
import {
  decodeBatchTokens,
  llamaCppTokensPerSecond,
  promptEval,
  promptEvalTokens,
  speculativeTokens,
} from "./llamacpp-decode-rows.ts";
import { modelInfo, modelLoad, modelMemory } from "./llamacpp-model-rows.ts";
import { errors, seriesDropped, spansDropped, telemetryErrors } from "./own-rows.ts";
import { clusterWorkers, eventLoopDelay } from "./process-rows.ts";
import type { CatalogueRow } from "./row.ts";
import {
  cachedPromptTokens,
  chatTokens,
  outputTokens,
  promptTokens,
  reasoningTokens,
  undeliveredTokens,
} from "./token-rows.ts";
import { toolCallDuration, toolCalls } from "./tool-rows.ts";

/**
 * Every metric, once. Instruments, the reference page, the dashboards' queries and the tests are made from these rows or checked against
 * them.
 */
export const catalogue = {
  httpRequests,
  httpRequestDuration,
  activeRequests,
  chatTokens,
  cachedPromptTokens,
  reasoningTokens,
  undeliveredTokens,
  promptTokens,
  outputTokens,
  inferences,
  activeInferences,
  queuedInferences,
  modelLatency,
  firstTokenLatency,
  queueTime,
  interTokenLatency,
  timePerOutputToken,
  tokensPerSecond,
  sloInferences,
  toolCalls,
  toolCallDuration,
  errors,
  modelMemory,
  modelLoad,
  modelInfo,
  contextSize,
  contextTokens,
  kvCacheUsage,
  contextShifts,
  sequences,
  contextMemory,
  promptEval,
  promptEvalTokens,
  llamaCppTokensPerSecond,
  decodeBatchTokens,
  speculativeTokens,
  memoryPerToken,
  threadsUsed,
  batchSize,
  eventLoopDelay,
  clientFirstToken,
  clientResponse,
  clientWebVital,
  telemetryErrors,
  spansDropped,
  seriesDropped,
  clusterWorkers,
} as const satisfies Record<string, CatalogueRow>;

export type Catalogue = typeof catalogue;
