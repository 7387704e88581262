import type { Random } from "./pairs.ts";

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

/** The mean without the tenth that is lowest and the tenth that is highest. */
export function trimmedMean(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(sorted.length / 10);
  const kept = sorted.slice(cut, sorted.length - cut);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/**
 * The median, with the 95 % interval of a percentile bootstrap: the medians of samples that are drawn from the values, with replacement. It
 * takes no shape for granted: times on a shared machine have a long tail on one side.
 */
export function estimateMedian(values: readonly number[], random: Random, resamples = 5000): Estimate {
  return estimate(median, values, random, resamples);
}

/** The same of the trimmed mean, which uses more of what many short rounds say. */
export function estimateTrimmedMean(values: readonly number[], random: Random, resamples = 1000): Estimate {
  return estimate(trimmedMean, values, random, resamples);
}

function estimate(
  figure: (values: readonly number[]) => number,
  values: readonly number[],
  random: Random,
  resamples: number,
): Estimate {
  const figures = Array.from({ length: resamples }, () =>
    figure(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
  );
  return { value: figure(values), low: quantile(figures, 0.025), high: quantile(figures, 0.975) };
}
