import type { LlamaContext } from "node-llama-cpp";

/** Moments that the test's own clock took in the engine's native calls, below all that is patched. */
export interface NativeMoments {
  /** Each decode began. */
  readonly decodes: number[];
  /** Each token was sampled. */
  readonly samples: number[];
}

type NativeMethod = (...args: unknown[]) => Promise<unknown>;

export function timeNatively(context: LlamaContext): NativeMoments {
  const moments: NativeMoments = { decodes: [], samples: [] };
  const native: object = Reflect.get(context, "_ctx");
  const decodeBatch: NativeMethod = Reflect.get(native, "decodeBatch");
  const sampleToken: NativeMethod = Reflect.get(native, "sampleToken");
  const timed: Readonly<Record<string, NativeMethod>> = {
    decodeBatch(...args) {
      moments.decodes.push(performance.now());
      return decodeBatch.apply(native, args);
    },
    async sampleToken(...args) {
      const token = await sampleToken.apply(native, args);
      moments.samples.push(performance.now());
      return token;
    },
  };
  for (const [name, value] of Object.entries(timed)) Object.defineProperty(native, name, { value });
  return moments;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
