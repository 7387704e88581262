import { clientFirstToken, clientResponse, clientWebVital } from "./client-rows.ts";
import { activeRequests, httpRequestDuration, httpRequests } from "./http-rows.ts";
import { cachedPromptTokens, chatTokens, firstTokenLatency, inferences, modelLatency } from "./inference-rows.ts";
import {
  batchSize,
  contextSize,
  memoryPerToken,
  modelMemory,
  promptEval,
  threadsUsed,
  tokensPerSecond,
} from "./llamacpp-rows.ts";
import { errors, seriesDropped, telemetryErrors } from "./own-rows.ts";
import type { CatalogueRow } from "./row.ts";

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
  modelLatency,
  firstTokenLatency,
  inferences,
  errors,
  modelMemory,
  contextSize,
  promptEval,
  tokensPerSecond,
  memoryPerToken,
  threadsUsed,
  batchSize,
  clientFirstToken,
  clientResponse,
  clientWebVital,
  telemetryErrors,
  seriesDropped,
} as const satisfies Record<string, CatalogueRow>;

export type Catalogue = typeof catalogue;
