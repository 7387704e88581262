/** A field that the front end reads, what it must be, and where and how it is used. */
interface Read {
  readonly field: string;
  readonly is: "number" | "text";
  readonly use: string;
}

/**
 * What the Go system's React front end reads, unguarded, of the answers of its server: from its public sources, `frontend/src/components` of
 * dockersamples/genai-model-runner-metrics and, for the list of models, of ajeetraina/aiwatch. A field that is not as it is here unmounts the
 * page, or shows NaN.
 */
const summaryReads: readonly Read[] = [
  { field: "totalRequests", is: "number", use: "shown in SimplifiedMetrics.tsx, Metrics.tsx, CombinedMetrics.tsx" },
  {
    field: "averageResponseTime",
    is: "number",
    use: ".toFixed in SimplifiedMetrics.tsx, Metrics.tsx, CombinedMetrics.tsx",
  },
  { field: "activeUsers", is: "number", use: "shown in Metrics.tsx, CombinedMetrics.tsx" },
  { field: "errorRate", is: "number", use: "times 100 in SimplifiedMetrics.tsx, Metrics.tsx, CombinedMetrics.tsx" },
  { field: "tokensGenerated", is: "number", use: "a number in types.ts" },
  { field: "tokensProcessed", is: "number", use: "a number in types.ts" },
];

/** Only where `llamaCppMetrics !== undefined`, which is all that SimplifiedMetrics.tsx asks. */
const llamaCppReads: readonly Read[] = [
  { field: "tokensPerSecond", is: "number", use: ".toFixed in SimplifiedMetrics.tsx, LlamaCppMetricsPanel.tsx" },
  { field: "contextSize", is: "number", use: ".toLocaleString in SimplifiedMetrics.tsx, LlamaCppMetricsPanel.tsx" },
  { field: "promptEvalTime", is: "number", use: ".toFixed, as milliseconds, in LlamaCppMetricsPanel.tsx" },
  { field: "memoryPerToken", is: "number", use: "divided and .toFixed, as bytes, in LlamaCppMetricsPanel.tsx" },
  { field: "threadsUsed", is: "number", use: "compared and shown in LlamaCppMetricsPanel.tsx" },
  { field: "batchSize", is: "number", use: "shown in LlamaCppMetricsPanel.tsx" },
  // the Go server's own spelling, for its other clients
  { field: "context_size", is: "number", use: "main.go" },
  { field: "prompt_eval_time_ms", is: "number", use: "main.go" },
  { field: "tokens_per_second", is: "number", use: "main.go" },
  { field: "memory_per_token_bytes", is: "number", use: "main.go" },
  { field: "threads_used", is: "number", use: "main.go" },
  { field: "batch_size", is: "number", use: "main.go" },
  { field: "model_type", is: "text", use: "main.go" },
];

/** Only where `model_info` is there, which App.tsx and ChatBox.tsx ask. */
const modelInfoReads: readonly Read[] = [
  { field: "model", is: "text", use: ".toLowerCase, .split, .replace, .match in App.tsx, ModelInfoCard.tsx" },
];

const modelReads: readonly Read[] = [
  { field: "name", is: "text", use: ".split in ModelSelector.tsx" },
  { field: "modelId", is: "text", use: "the key of its row in ModelSelector.tsx" },
  { field: "parameters", is: "text", use: "shown in ModelSelector.tsx" },
  { field: "quantization", is: "text", use: "shown in ModelSelector.tsx" },
  { field: "architecture", is: "text", use: "shown in ModelSelector.tsx" },
  { field: "size", is: "text", use: "shown in ModelSelector.tsx" },
  { field: "created", is: "text", use: "shown in ModelSelector.tsx" },
];

/** What the front end would stumble over in `GET /metrics/summary`: each field, what it is, and where it is used. */
export function summaryFaults(summary: object): string[] {
  const llamaCpp: unknown = Reflect.get(summary, "llamaCppMetrics");
  return [...faults(summary, summaryReads), ...(llamaCpp === undefined ? [] : faults(llamaCpp, llamaCppReads))];
}

/** The same in `GET /health`. */
export function healthFaults(health: object): string[] {
  const info: unknown = Reflect.get(health, "model_info");
  return info ? faults(info, modelInfoReads) : [];
}

/** The same in `GET /models`. */
export function modelListFaults(models: unknown): string[] {
  if (!Array.isArray(models)) return ["the list of models is none: .find and .map in ModelSelector.tsx"];
  return models.flatMap((model) => faults(model, modelReads));
}

function faults(answer: unknown, reads: readonly Read[]): string[] {
  if (typeof answer !== "object" || answer === null) return [`${String(answer)} in the place of an object`];
  return reads.flatMap(({ field, is, use }) => {
    const value: unknown = Reflect.get(answer, field);
    const isGood = is === "number" ? Number.isFinite(value) : typeof value === "string";
    return isGood ? [] : [`${field} is ${String(value)}: ${use}`];
  });
}
