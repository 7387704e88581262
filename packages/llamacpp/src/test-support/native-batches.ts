import type { LlamaContext } from "node-llama-cpp";

/** What one sequence has in a native batch. */
export interface BatchPart {
  readonly sequenceId: number;
  readonly tokens: readonly number[];
  /** When it was put in, by the test's own clock. */
  readonly at: number;
  /** Whether it is nothing but the token that was sampled last. Says what was generated, where one sequence alone is at work. */
  readonly isFedBack: boolean;
}

/** A context's native batches and samplings, taken below all that is patched. */
export interface NativeBatches {
  /** The parts of each batch that was decoded. */
  readonly decoded: BatchPart[][];
  /** When each decode came back. */
  readonly decodedAt: number[];
  /** When each token was sampled. */
  readonly sampledAt: number[];
  /** Called before each decode, with the batch's number; the decode waits for what it gives. The context is locked meanwhile. */
  beforeDecode: (batch: number) => unknown;
}

type NativeMethod = (...args: readonly unknown[]) => unknown;

/** Watches a context from below. To be called before it is instrumented. */
export function watchNatively(context: LlamaContext): NativeBatches {
  const native: object = Reflect.get(context, "_ctx");
  const seen: NativeBatches = { decoded: [], decodedAt: [], sampledAt: [], beforeDecode: () => {} };
  let parts: BatchPart[] = [];
  let lastSampled: unknown;
  below(native, "addToBatch", (original) => (...args) => {
    const [sequenceId, , tokens] = args as [number, number, Uint32Array];
    const isFedBack = tokens.length === 1 && tokens[0] === lastSampled;
    parts.push({ sequenceId, tokens: Array.from(tokens), at: performance.now(), isFedBack });
    lastSampled = undefined;
    return original(...args);
  });
  below(native, "decodeBatch", (original) => async (...args) => {
    seen.decoded.push(parts);
    parts = [];
    await seen.beforeDecode(seen.decoded.length);
    const result = await original(...args);
    seen.decodedAt.push(performance.now());
    return result;
  });
  below(native, "sampleToken", (original) => async (...args) => {
    const token = await original(...args);
    seen.sampledAt.push(performance.now());
    lastSampled = token;
    return token;
  });
  return seen;
}

function below(native: object, name: string, wrap: (original: NativeMethod) => NativeMethod): void {
  const original: NativeMethod = Reflect.get(native, name);
  Object.defineProperty(native, name, { value: wrap(original.bind(native)) });
}

/** The first moment when `tokens`, one after the other, are in a batch. */
export function firstPartWith({ decoded }: NativeBatches, tokens: readonly number[]): BatchPart {
  const part = decoded.flat().find((candidate) => isIn(tokens, candidate.tokens));
  if (part === undefined) throw new Error(`no batch holds the tokens ${tokens.join(" ")}`);
  return part;
}

function isIn(needle: readonly number[], tokens: readonly number[]): boolean {
  return tokens.some((_, start) => needle.every((token, index) => tokens[start + index] === token));
}

/** All tokens that were decoded, of one sequence or of all. */
export function decodedTokens({ decoded }: NativeBatches, sequenceId?: number): number {
  const parts = decoded.flat().filter((part) => sequenceId === undefined || part.sequenceId === sequenceId);
  return parts.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

/** A native context's numbers for its sequences are those in which they were given out. */
export function sequenceIdOf(sequence: object): number {
  return Reflect.get(sequence, "_sequenceId") as number;
}
