/** What a model is. What the file or the engine does not tell is absent. */
export interface ModelInfo {
  /** Such as `llama`. */
  readonly architecture?: string;
  /** llama.cpp's name of the file type, such as `Q4_K_M`. */
  readonly quantization?: string;
  /** The number of parameters. */
  readonly parameters?: number;
  /** The back end that computes, `cpu` without a GPU. */
  readonly gpu?: string;
  /** The context size that the model was trained with, in tokens. */
  readonly trainContextSize?: number;
}

/** What a model, one of its contexts or sequences can tell at a moment. What it cannot tell is absent. */
export interface ModelReadings {
  /** Tokens that one sequence can hold. */
  readonly contextSize?: number;
  /** Tokens that one decode may hold. */
  readonly batchSize?: number;
  readonly threadsUsed?: number;
  /** The memory of the model's tensors. */
  readonly modelMemoryBytes?: number;
  /** How long it took to load the model. */
  readonly loadMs?: number;
  readonly info?: ModelInfo;
  /** The memory of a context, wherever it lies. */
  readonly contextMemoryBytes?: number;
  /** KV-cache bytes of one token. */
  readonly memoryPerTokenBytes?: number;
  /** Tokens in the KV cache. */
  readonly contextTokens?: number;
  /** Tokens in a sequence's KV cache over those that it can hold, 0–1. */
  readonly kvCacheUsageRatio?: number;
  /** Sequences that are in use. */
  readonly activeSequences?: number;
  /** Sequences that can still be had. */
  readonly freeSequences?: number;
  /** Only for rates that somebody else measured: those of observed inferences are computed. */
  readonly tokensPerSecond?: number;
  /** The duration of the last prompt evaluation. */
  readonly promptEvalMs?: number;
  /**
   * What runs the model, in the Go system's word: `llama.cpp`, whose metrics have what is known of it. The architecture is in `info`.
   * @default what was said of the model before, else what runs its inferences, else llama.cpp
   */
  readonly modelType?: string;
  /** Inferences that are evaluated now: known for the observed ones alone. */
  readonly activeInferences?: number;
  /** Inferences that wait now: known for the observed ones alone. */
  readonly queuedInferences?: number;
}

/**
 * Reads a model or context, at once; `undefined` once it is gone, and the source is then forgotten. One that throws, or gives anything else, a
 * promise included, is reported once as a fault and left out of that answer.
 */
export type ReadModel = () => ModelReadings | undefined;

type Merge = (a: number, b: number) => number;

/** A sum past what a number holds would be none. */
const sum: Merge = (a, b) => Math.min(a + b, Number.MAX_VALUE);

export type Merges = { readonly [Name in keyof ModelReadings]?: Merge };

/** How two readings of one model become one: the catalogue's rows state the same rules. */
export const merges: Merges = {
  contextSize: Math.max,
  batchSize: Math.max,
  threadsUsed: Math.max,
  modelMemoryBytes: sum,
  loadMs: Math.max,
  contextMemoryBytes: sum,
  memoryPerTokenBytes: Math.max,
  contextTokens: sum,
  kvCacheUsageRatio: Math.max,
  activeSequences: sum,
  freeSequences: sum,
};

/** Two readings of one model as one: by each figure's rule, and the later one where there is none. What is no number is unknown. */
export function mergeReadings(earlier: ModelReadings, later: ModelReadings, rules: Merges = merges): ModelReadings {
  const merged: Record<string, unknown> = { ...earlier };
  for (const [name, value] of Object.entries(later)) {
    if (!isKnown(name, value)) continue;
    const merge = rules[name as keyof ModelReadings];
    const known = merged[name];
    if (name === "info") merged[name] = infoOf(value);
    else merged[name] = merge !== undefined && typeof known === "number" ? merge(known, value) : value;
  }
  return merged;
}

const texts: readonly string[] = ["architecture", "quantization", "gpu"] satisfies (keyof ModelInfo)[];

/** A copy, whose texts are texts. */
function infoOf(info: object): ModelInfo {
  const shown = Object.entries(info).map(([name, value]) => [
    name,
    texts.includes(name) ? (value === undefined ? value : String(value)) : value,
  ]);
  return Object.fromEntries(shown);
}

/** @throws TypeError for what tells nothing, such as the promise of an async function, which nobody else would hear of */
export function checkedReadings(readings: unknown): ModelReadings {
  if (typeof readings !== "object" || readings === null)
    throw new TypeError(`a reading is ${typeof readings}, not an object`);
  if (!("then" in readings)) return readings;
  Promise.resolve(readings).catch(() => undefined);
  throw new TypeError("a reading is a promise: models are read at once");
}

/** Plain JavaScript may report anything, and JSON has no word for some of it. */
function isKnown(name: string, value: unknown): boolean {
  if (name === "modelType") return typeof value === "string";
  if (name === "info") return typeof value === "object" && value !== null && Object.values(value).every(isPlain);
  return Number.isFinite(value);
}

function isPlain(value: unknown): boolean {
  return value === undefined || typeof value === "string" || Number.isFinite(value);
}
