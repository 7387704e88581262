/** What a model or one of its contexts can tell at a moment. What it cannot tell is absent. */
export interface ModelReadings {
  /** Tokens that one sequence can hold. */
  readonly contextSize?: number;
  /** Tokens that one decode may hold. */
  readonly batchSize?: number;
  readonly threadsUsed?: number;
  /** The memory of the model's tensors. */
  readonly modelMemoryBytes?: number;
  /** KV-cache bytes of one token. */
  readonly memoryPerTokenBytes?: number;
  /** Only for rates that somebody else measured: those of observed inferences are computed. */
  readonly tokensPerSecond?: number;
  /** The duration of the last prompt evaluation. */
  readonly promptEvalMs?: number;
  /** The model's architecture, such as `llama`. */
  readonly modelType?: string;
}

type Merge = (a: number, b: number) => number;

/** How two readings of one model become one: the catalogue's rows state the same rules. */
const merges: { readonly [Name in keyof ModelReadings]?: Merge } = {
  contextSize: Math.max,
  batchSize: Math.max,
  threadsUsed: Math.max,
  modelMemoryBytes: (a, b) => a + b,
  memoryPerTokenBytes: Math.max,
};

/** Two readings of one model as one: by each figure's rule, and the later one where there is none. */
export function mergeReadings(earlier: ModelReadings, later: ModelReadings): ModelReadings {
  const merged: Record<string, unknown> = { ...earlier };
  for (const [name, value] of Object.entries(later)) {
    if (value === undefined) continue;
    const merge = merges[name as keyof ModelReadings];
    const known = merged[name];
    merged[name] = merge !== undefined && typeof known === "number" ? merge(known, value) : value;
  }
  return merged;
}
