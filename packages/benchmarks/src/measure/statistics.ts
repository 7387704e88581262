import type { Random } from "./random.ts";

/** A figure, and the interval that holds it in 95 of 100 such runs. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value under which a share of the values lies, between neighbours in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * The median, with the 95 % interval of a percentile bootstrap: the medians of samples that are drawn from the values, with replacement. It
 * takes no shape for granted: times on a shared machine have a long tail on one side.
 */
export function estimateMedian(values: readonly number[], random: Random, resamples = 5000): Estimate {
  const medians = Array.from({ length: resamples }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
  );
  return { value: median(values), low: quantile(medians, 0.025), high: quantile(medians, 0.975) };
}
