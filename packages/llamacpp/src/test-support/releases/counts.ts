import type { Counts } from "./feature.ts";
import type { NativeLedger } from "./native-ledger.ts";
import type { Played } from "./played.ts";

/** The counts of the only inference on a context, from the tokens that llama.cpp was given and that it sampled. */
export function generated(bare: Played): Counts {
  const { decoded, fedBack, sampled, added } = ledgerOf(bare);
  const { error, delivered } = bare.outcome;
  return {
    promptTokens: added,
    cachedPromptTokens: 0,
    promptEvalTokens: decoded - fedBack,
    outputTokens: sampled,
    undeliveredTokens: error === undefined ? 0 : sampled - delivered.length,
  };
}

/** The same where nothing is generated, and each input begins anew: embeddings, ranking. */
export function evaluated(bare: Played): Counts {
  const { decoded } = ledgerOf(bare);
  return { promptTokens: decoded, cachedPromptTokens: 0, promptEvalTokens: decoded };
}

/** The same of a sequence's own evaluation: what it finds in the KV cache is the app's context, and no reuse. */
export function ofBareSequence(counts: Counts): Counts {
  const { cachedPromptTokens: _, ...others } = counts;
  return { ...others, undeliveredTokens: 0 };
}

/** Of the run's first context. */
export function ledgerOf({ native }: Played): NativeLedger {
  const [ledger] = native;
  if (ledger === undefined) throw new Error("the run made no context");
  return ledger;
}
