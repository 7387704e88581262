import type { LlamaContextSequence } from "node-llama-cpp";

/** Tokens that were evaluated and had not been generated just before. */
export interface Evaluation {
  /** The KV cache's length before. */
  readonly position: number;
  readonly tokens: number;
  /** How many tokens were sampled before, in the sequence's whole life. */
  readonly sampled: number;
}

/** What a bare sequence really did, kept inside the engine, below all that the product patches. */
export interface Ledger {
  readonly evaluations: Evaluation[];
  /** Tokens that were sampled, an end token included; with a token predictor also those that only checked a draft. */
  sampled: number;
  /** Times that tokens were evicted because there was no room for one more. */
  shifts: number;
}

type Inner = (...args: unknown[]) => unknown;

/** Wraps a sequence's inner methods, the ones that all evaluations end in. */
export function keepLedger(sequence: LlamaContextSequence): Ledger {
  const ledger: Ledger = { evaluations: [], sampled: 0, shifts: 0 };
  const prompts = new WeakSet<object>();
  let generates = false;
  let speculated: number | undefined;

  wrap(sequence, "_evaluate", (original, args) => {
    prompts.add(args[0] as object);
    generates = true;
    return original(...args);
  });
  wrap(sequence, "_speculativeEvaluate", (original, args) => {
    // its first batch holds drafted tokens, too
    speculated = (args[0] as readonly unknown[]).length;
    generates = true;
    return original(...args);
  });
  wrap(sequence, "_decodeTokens", (original, args) => {
    const tokens = args[0] as readonly unknown[];
    const isPrompt = !generates || prompts.has(tokens) || speculated !== undefined;
    const { sampled } = ledger;
    if (isPrompt)
      ledger.evaluations.push({ position: sequence.nextTokenIndex, tokens: speculated ?? tokens.length, sampled });
    speculated = undefined;
    const sample = args[5] as Inner;
    const counting = async (...given: unknown[]) => {
      const sampled = await sample(...given);
      if (sampled !== null && sampled !== undefined) ledger.sampled += 1;
      return sampled;
    };
    return original(...args.with(5, counting));
  });
  wrap(sequence, "_freeUpSpaceForTokens", (original, args) => {
    ledger.shifts += 1;
    return original(...args);
  });
  wrap(sequence, "adaptStateToTokens", async (original, args) => {
    const before = sequence.nextTokenIndex;
    await original(...args);
    if (before >= sequence.contextSize - 1 && sequence.nextTokenIndex < before) ledger.shifts += 1;
  });
  return ledger;
}

function wrap(target: object, name: string, around: (original: Inner, args: unknown[]) => unknown): void {
  const method: Inner = Reflect.get(target, name);
  const original: Inner = (...args) => Reflect.apply(method, target, args);
  Object.defineProperty(target, name, { value: (...args: unknown[]) => around(original, args), configurable: true });
}
