import type { LlamaContext, LlamaContextSequence } from "node-llama-cpp";

/** What llama.cpp itself was asked for by one context, below all that the product patches. */
export interface NativeLedger {
  /** Tokens that were decoded. */
  decoded: number;
  /** Those of them that were sampled just before. The others are prompt. */
  fedBack: number;
  /** Prompt tokens that came behind all that was there before: what is decoded once more is not among them. */
  added: number;
  /** Prompt tokens before the first was sampled. */
  first: number;
  /** Tokens that were sampled, an end token included. */
  sampled: number;
  /** Times that the engine began to generate: again after a function's result, and after a context shift of a chat. */
  evaluations: number;
  /** The size of each native batch. */
  readonly batches: number[];
}

type Method = (...args: readonly unknown[]) => unknown;

/** By context: what is done when an evaluation begins. */
const begins = new WeakMap<object, () => void>();

/** Keeps count from now on. */
export function keepNativeLedger(context: LlamaContext): NativeLedger {
  const native: object = Reflect.get(context, "_ctx");
  const ledger: NativeLedger = { decoded: 0, fedBack: 0, added: 0, first: 0, sampled: 0, evaluations: 0, batches: [] };
  /** Not yet fed back. */
  const sampled = new Set<unknown>();
  begins.set(context, () => {
    sampled.clear();
    ledger.evaluations += 1;
  });
  let length = 0;
  around(native, "initBatch", (original, args) => {
    ledger.batches.push(0);
    return original(...args);
  });
  around(native, "addToBatch", (original, args) => {
    const [, position, tokens] = args as [number, number, Uint32Array];
    ledger.decoded += tokens.length;
    ledger.batches.push((ledger.batches.pop() ?? 0) + tokens.length);
    if (tokens.length === 1 && sampled.delete(tokens[0])) ledger.fedBack += 1;
    else {
      ledger.added += Math.max(0, position + tokens.length - length);
      length = position + tokens.length;
      if (ledger.sampled === 0) ledger.first += tokens.length;
    }
    return original(...args);
  });
  around(native, "sampleToken", async (original, args) => {
    const result = await original(...args);
    // with probabilities or a confidence asked for, they come in a list behind the token
    sampled.add(Array.isArray(result) ? result[0] : result);
    length += 1;
    ledger.sampled += 1;
    return result;
  });
  return ledger;
}

/** A new evaluation may begin with the very token that the last one sampled: it is prompt then. */
export function noteEvaluations(sequence: LlamaContextSequence): void {
  around(sequence, "evaluateWithMetadata", (original, args) => {
    begins.get(sequence.context)?.();
    return original(...args);
  });
}

function around(target: object, name: string, wrapped: (original: Method, args: readonly unknown[]) => unknown): void {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== "function") throw new Error(`in this release there is no ${name}()`);
  const original: Method = method.bind(target);
  Object.defineProperty(target, name, { value: (...args: readonly unknown[]) => wrapped(original, args) });
}
