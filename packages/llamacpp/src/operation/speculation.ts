import type { SpeculativeTokens } from "@aiwatch/core";
import { isObject, numberAt } from "@aiwatch/core/adapter";

/** The sequence's statistics of drafted tokens as they stand; `undefined` where nothing drafts. */
export function readSpeculation(sequence: object): SpeculativeTokens | undefined {
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
export function speculationSince(before: SpeculativeTokens, now: SpeculativeTokens): SpeculativeTokens {
  return {
    used: Math.max(0, now.used - before.used),
    unused: Math.max(0, now.unused - before.unused),
    refuted: Math.max(0, now.refuted - before.refuted),
  };
}
