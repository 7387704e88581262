import type { Quantiles, SummarySeries, WindowFigures } from "../summary/schema.ts";
import { sliceMs, slicesInWindow } from "../windows/slices.ts";
import { addOutcomes, type ChatSlice, type Measure, mergedHistogram, noOutcomes, sumOf } from "./chat-slice.ts";

/** @param slices of the window, the oldest first; the last one goes on */
export function figuresOf(slices: readonly ChatSlice[]): WindowFigures {
  const counts = { ...noOutcomes };
  for (const { outcomes } of slices) addOutcomes(counts, outcomes);
  const chats = sumOf(counts);
  return {
    seconds: (slicesInWindow * sliceMs) / 1000,
    chats,
    ...counts,
    ...(chats > 0 && { errorRate: (counts.refused + counts.failed) / chats }),
    firstTokenMs: quantilesOf(slices, "firstTokenMs"),
    queueMs: quantilesOf(slices, "queueMs"),
    tokensPerSecond: medianOf(slices),
  };
}

/** Of what is over. @param slices as those of `figuresOf` */
export function seriesOf(slices: readonly ChatSlice[]): SummarySeries {
  const over = slices.slice(0, -1);
  return {
    stepSeconds: sliceMs / 1000,
    firstTokenP95Ms: over.map(({ firstTokenMs }) => firstTokenMs?.quantile(0.95) ?? null),
    tokensPerSecond: over.map(({ tokens }) => (tokens * 1000) / sliceMs),
    queued: over.map(({ mostQueued }) => mostQueued),
  };
}

function quantilesOf(slices: readonly ChatSlice[], measure: Measure): Quantiles {
  const all = mergedHistogram(slices, measure);
  const [p50, p95] = [all.quantile(0.5), all.quantile(0.95)];
  return p50 === undefined || p95 === undefined ? {} : { p50, p95 };
}

function medianOf(slices: readonly ChatSlice[]): Pick<Quantiles, "p50"> {
  const p50 = mergedHistogram(slices, "tokensPerSecond").quantile(0.5);
  return p50 === undefined ? {} : { p50 };
}
