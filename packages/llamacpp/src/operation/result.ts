import type { Usage } from "@aiwatch/core";
import { isObject, numberAt } from "@aiwatch/core/adapter";

/** What a call's result tells. */
export interface ResultReading {
  readonly stopReason?: unknown;
  /** The length of an embedding. */
  readonly dimensions?: number;
  /** The answer's text. */
  readonly output?: string;
  /** Whether the model thought; unknown where the result does not list its segments. */
  readonly thinks?: boolean;
  /** What a decision reports: it yields no tokens that could be counted. */
  readonly usage?: Usage;
}

/** Sessions put the stop reason beside the answer, chats and completions into `metadata`. */
export function readResult(value: unknown): ResultReading {
  if (!isObject(value)) return {};
  const metadata: unknown = Reflect.get(value, "metadata");
  const stopReason = Reflect.get(value, "stopReason") ?? (isObject(metadata) && Reflect.get(metadata, "stopReason"));
  const vector: unknown = Reflect.get(value, "vector");
  const output = ["responseText", "response", "completion"].map((name) => Reflect.get(value, name)).find(isText);
  const segments = ["fullResponse", "response"].map((name) => Reflect.get(value, name)).find(Array.isArray);
  const usage: unknown = Reflect.get(value, "tokenUsage");
  const outputTokens = isObject(usage) ? numberAt(usage, "output") : undefined;
  return {
    ...(outputTokens !== undefined && { usage: { outputTokens } }),
    ...(segments !== undefined && { thinks: segments.some(isThought) }),
    ...(typeof stopReason === "string" && { stopReason }),
    ...(Array.isArray(vector) && { dimensions: vector.length }),
    ...(output !== undefined && { output }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isThought(item: unknown): boolean {
  return isObject(item) && Reflect.get(item, "segmentType") === "thought" && Reflect.get(item, "text") !== "";
}

/** An abort rejects with exactly the signal's reason. */
export function isAborted(signal: AbortSignal | undefined, error: unknown): boolean {
  return signal?.aborted === true && error === signal.reason;
}
