import type { RequestParameters, SpeculativeTokens } from "@aiwatch/core";
import { isObject, numberAt } from "@aiwatch/core/adapter";

const numbers = ["maxTokens", "temperature", "topP", "topK", "seed"] as const;

/** The callbacks by which a caller reads the answer while it is generated. */
const streams = ["onTextChunk", "onResponseChunk", "onToken"] as const;

/** What the caller asked for, without content: numbers, and whether the answer is streamed to a callback. */
export function requestParametersOf(options: unknown): RequestParameters {
  if (!isObject(options)) return {};
  const parameters: Record<string, number | boolean> = {};
  for (const name of numbers) {
    const value: unknown = Reflect.get(options, name);
    if (typeof value === "number" && Number.isFinite(value)) parameters[name] = value;
  }
  if (streams.some((name) => typeof Reflect.get(options, name) === "function")) parameters["stream"] = true;
  return parameters;
}

/** Whether thoughts are handed on as they come, too: the other callbacks get the answer alone. */
export function hearsThoughts(options: unknown): boolean {
  return isObject(options) && typeof Reflect.get(options, "onResponseChunk") === "function";
}

/** The caller's own signal. */
export function signalOf(options: unknown): AbortSignal | undefined {
  const signal: unknown = isObject(options) ? Reflect.get(options, "signal") : undefined;
  return signal instanceof AbortSignal ? signal : undefined;
}

/** A sequence tells all of it. */
export type Speculation = Required<SpeculativeTokens>;

/** The sequence's statistics of drafted tokens as they stand; `undefined` where nothing drafts. */
export function readSpeculation(sequence: object): Speculation | undefined {
  if (!isObject(Reflect.get(sequence, "tokenPredictor"))) return undefined;
  const statistics: unknown = Reflect.get(sequence, "tokenPredictions");
  if (!isObject(statistics)) return undefined;
  const used = numberAt(statistics, "used");
  const unused = numberAt(statistics, "unused");
  const refuted = numberAt(statistics, "refuted");
  if (used === undefined || unused === undefined || refuted === undefined) return undefined;
  return { used, unused, refuted };
}

/** What came in between two readings. */
export function speculationSince(before: Speculation, now: Speculation): Speculation {
  return {
    used: Math.max(0, now.used - before.used),
    unused: Math.max(0, now.unused - before.unused),
    refuted: Math.max(0, now.refuted - before.refuted),
  };
}
