import type { ModelBoard } from "../models/model-board.ts";
import type { ModelReadings } from "../models/readings.ts";

/** One llama.cpp model's figures under both spellings: the original server wrote the first, its front end read the second. */
export interface LlamaCppMetrics {
  readonly model: string;
  readonly context_size?: number;
  readonly prompt_eval_time_ms?: number;
  readonly tokens_per_second?: number;
  readonly memory_per_token_bytes?: number;
  readonly threads_used?: number;
  readonly batch_size?: number;
  readonly model_type?: string;
  readonly model_memory_bytes?: number;
  readonly contextSize?: number;
  readonly promptEvalTimeMs?: number;
  readonly tokensPerSecond?: number;
  readonly memoryPerTokenBytes?: number;
  readonly threadsUsed?: number;
  readonly batchSize?: number;
  readonly modelType?: string;
  readonly modelMemoryBytes?: number;
}

const spellings = {
  contextSize: ["context_size", "contextSize"],
  promptEvalMs: ["prompt_eval_time_ms", "promptEvalTimeMs"],
  tokensPerSecond: ["tokens_per_second", "tokensPerSecond"],
  memoryPerTokenBytes: ["memory_per_token_bytes", "memoryPerTokenBytes"],
  threadsUsed: ["threads_used", "threadsUsed"],
  batchSize: ["batch_size", "batchSize"],
  modelType: ["model_type", "modelType"],
  modelMemoryBytes: ["model_memory_bytes", "modelMemoryBytes"],
} as const satisfies Partial<Record<keyof ModelReadings, readonly [keyof LlamaCppMetrics, keyof LlamaCppMetrics]>>;

/** The figures of the model that lives here: of several the first one, else the first that was reported or used. */
export function llamaCppMetricsOf(models: ModelBoard): LlamaCppMetrics | undefined {
  const [first] = models.read();
  if (first === undefined) return undefined;
  const [model, readings] = first;
  const figures = Object.entries(spellings).flatMap(([name, both]) => {
    const value = readings[name as keyof ModelReadings];
    return value === undefined ? [] : both.map((spelling) => [spelling, value] as const);
  });
  return { model, ...Object.fromEntries(figures) };
}
