import type { KnownModel } from "../models/model-board.ts";
import type { ModelReadings } from "../models/readings.ts";
import { goEngine } from "./engine.ts";

/**
 * The flat fields of `GET /metrics/summary`, in the Go system's names and units. Its front end calls methods on them, so each is a number
 * from the first second on: 0 also stands for "not known". This is the one exception to "unknown is absent"; read `averages`, `inferences`
 * and `models` for figures that tell the two apart.
 */
export interface FlatSummary {
  /** HTTP requests that ended, AIWatch's own routes left out. */
  readonly totalRequests: number;
  /** `averages.responseMs` in seconds; 0 before the first answer. */
  readonly averageResponseTime: number;
  /** Tokens that models generated. */
  readonly tokensGenerated: number;
  /** Prompt tokens, those reused from the KV cache included. */
  readonly tokensProcessed: number;
  /** Requests in flight, AIWatch's own routes left out. */
  readonly activeUsers: number;
  /** `averages.errorRate`, 0–1; 0 before the first request. */
  readonly errorRate: number;
  /** The first llama.cpp model with a context: those that live here come first. Absent while there is none, never null. */
  readonly llamaCppMetrics?: FlatLlamaCppMetrics;
}

/**
 * One llama.cpp model's figures in the Go system's spelling, and in the one that its front end reads. Each is a number, 0 where it is not
 * known; `models` tells the same figures, and leaves out what is not known.
 */
export interface FlatLlamaCppMetrics {
  readonly model: string;
  /** Tokens that one sequence can hold: never 0. */
  readonly context_size: number;
  /** The last prompt evaluation, in milliseconds; 0 before the first. */
  readonly prompt_eval_time_ms: number;
  /** The decode rate; 0 before the first tokens, and once the model was idle for a minute. */
  readonly tokens_per_second: number;
  /** KV-cache bytes of one token. */
  readonly memory_per_token_bytes: number;
  readonly threads_used: number;
  readonly batch_size: number;
  /** As the Go system said of every such model. The architecture is in `models`. */
  readonly model_type: "llama.cpp";
  /** `context_size` */
  readonly contextSize: number;
  /** `prompt_eval_time_ms`, in milliseconds too. */
  readonly promptEvalTime: number;
  /** `tokens_per_second` */
  readonly tokensPerSecond: number;
  /** `memory_per_token_bytes`, in bytes too. */
  readonly memoryPerToken: number;
  /** `threads_used` */
  readonly threadsUsed: number;
  /** `batch_size` */
  readonly batchSize: number;
  /** `model_type` */
  readonly modelType: "llama.cpp";
}

/** @param models by their name, those that live here first */
export function flatLlamaCppMetrics(models: ReadonlyMap<string, KnownModel>): FlatLlamaCppMetrics | undefined {
  for (const [model, { readings, engine, rates }] of models) {
    const { contextSize = 0 } = readings;
    if (engine === goEngine && contextSize > 0) {
      return flatFigures(model, contextSize, rates.get(goEngine) ?? 0, readings);
    }
  }
  return undefined;
}

function flatFigures(
  model: string,
  contextSize: number,
  tokensPerSecond: number,
  readings: ModelReadings,
): FlatLlamaCppMetrics {
  const promptEvalTime = readings.promptEvalMs ?? 0;
  const memoryPerToken = readings.memoryPerTokenBytes ?? 0;
  const threadsUsed = readings.threadsUsed ?? 0;
  const batchSize = readings.batchSize ?? 0;
  return {
    model,
    context_size: contextSize,
    prompt_eval_time_ms: promptEvalTime,
    tokens_per_second: tokensPerSecond,
    memory_per_token_bytes: memoryPerToken,
    threads_used: threadsUsed,
    batch_size: batchSize,
    model_type: goEngine,
    contextSize,
    promptEvalTime,
    tokensPerSecond,
    memoryPerToken,
    threadsUsed,
    batchSize,
    modelType: goEngine,
  };
}
