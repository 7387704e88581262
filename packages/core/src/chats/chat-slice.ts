import type { ChatOutcome, OutcomeCounts } from "../summary/schema.ts";
import { LogHistogram } from "../windows/log-histogram.ts";

/** Where no chat ended. */
export const noOutcomes: OutcomeCounts = { answered: 0, refused: 0, left: 0, failed: 0, aborted: 0 };

/** What is a histogram in a slice. */
export const measures = ["firstTokenMs", "queueMs", "tokensPerSecond"] as const;
export type Measure = (typeof measures)[number];

/** What came in five seconds. */
export interface ChatSlice extends Partial<Record<Measure, LogHistogram>> {
  readonly outcomes: Record<ChatOutcome, number>;
  tokens: number;
  mostQueued: number;
}

/** @param queued how many wait as it begins */
export function beginSlice(queued = 0): ChatSlice {
  return { outcomes: { ...noOutcomes }, tokens: 0, mostQueued: queued };
}

/** The histogram of a slice, made where it has none yet. */
export function histogramIn(slice: ChatSlice, measure: Measure): LogHistogram {
  slice[measure] ??= new LogHistogram();
  return slice[measure];
}

/** What the slices have of a measure together. */
export function mergedHistogram(slices: readonly ChatSlice[], measure: Measure): LogHistogram {
  const all = new LogHistogram();
  for (const { [measure]: histogram } of slices) if (histogram !== undefined) all.merge(histogram);
  return all;
}

export function addOutcomes(counts: Record<ChatOutcome, number>, more: OutcomeCounts): void {
  for (const outcome of Object.keys(counts) as ChatOutcome[]) counts[outcome] += more[outcome];
}

export function sumOf(counts: OutcomeCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
