/**
 * Bucket bounds in seconds. Each list holds the bounds that the original system had, so that its queries go on working, with finer ones
 * below (a small model answers in milliseconds) and coarser ones above (a large one on a CPU takes minutes).
 */
const milliseconds = [0.001, 0.0025, 0.005, 0.01, 0.025] as const;
const minutes = [20, 40, 80, 160] as const;

export const httpDurationBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, ...minutes] as const;
export const firstTokenBounds = [...milliseconds, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, ...minutes] as const;
/** Those of the first token, so that the two compare, and on: before the model people waited for minutes. */
export const requestFirstTokenBounds = [...firstTokenBounds, 300, 600] as const;
export const promptEvalBounds = [...milliseconds, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, ...minutes] as const;
export const modelLatencyBounds = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 40, 60, 80, 120, 160,
] as const;
export const webVitalBounds = [0.025, 0.05, 0.1, 0.2, 0.5, 0.8, 1, 1.8, 2.5, 4, 6, 10, 20] as const;
export const queueBounds = [...milliseconds, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, ...minutes] as const;
/** Fine from 1 ms to 100 ms, where tokens come, and up to what a stalled process shows. */
export const tokenGapBounds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5, 5, 10,
] as const;
export const toolCallBounds = [...milliseconds, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, ...minutes] as const;
/** For times of whatever kind, in seconds. */
export const secondsBounds = toolCallBounds;
export const eventLoopDelayBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5] as const;

/** Tokens of a prompt or an answer: each bound the double of the one before, up to the longest contexts. */
export const tokenCountBounds = [
  1, 4, 16, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072,
] as const;
/** Tokens of one decode: 1 is plain generation, the upper ones are prompt evaluation. */
export const batchTokenBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096] as const;

/** The bucket that a value falls into: that of the first bound that is not below it, or the last one, over every bound. */
export function bucketOf(bounds: readonly number[], value: number): number {
  let index = 0;
  while (index < bounds.length && value > (bounds[index] as number)) index += 1;
  return index;
}
