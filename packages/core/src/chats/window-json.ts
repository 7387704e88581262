import type { OutcomeCounts } from "../summary/schema.ts";
import { type HistogramJson, LogHistogram } from "../windows/log-histogram.ts";
import { beginSlice, type ChatSlice, type Measure, measures } from "./chat-slice.ts";
import type { WindowPart } from "./chat-window.ts";

/** A window on its way between two processes. Most of its slices are empty in most apps: what is 0 is left out. */
export interface WindowJson {
  readonly sinceMs: number;
  readonly slices: readonly SliceJson[];
}

interface SliceJson extends Partial<OutcomeCounts>, Partial<Record<Measure, HistogramJson>> {
  readonly tokens?: number;
  readonly mostQueued?: number;
}

export function packWindow({ sinceMs, slices }: WindowPart): WindowJson {
  return { sinceMs, slices: slices.map(packSlice) };
}

export function unpackWindow({ sinceMs, slices }: WindowJson): WindowPart {
  return { sinceMs, slices: slices.map(unpackSlice) };
}

function packSlice({ outcomes, tokens, mostQueued, ...histograms }: ChatSlice): SliceJson {
  const counts = Object.entries({ ...outcomes, tokens, mostQueued }).filter(([, count]) => count > 0);
  const measured = measures.map((measure) => [measure, histograms[measure]?.toJSON()]);
  return Object.fromEntries([...counts, ...measured.filter(([, json]) => json !== undefined)]);
}

function unpackSlice({ tokens = 0, mostQueued = 0, ...packed }: SliceJson): ChatSlice {
  const slice = beginSlice(mostQueued);
  slice.tokens = tokens;
  for (const outcome of Object.keys(slice.outcomes) as (keyof OutcomeCounts)[])
    slice.outcomes[outcome] = packed[outcome] ?? 0;
  for (const measure of measures) {
    const json = packed[measure];
    if (json !== undefined) slice[measure] = LogHistogram.fromJson(json);
  }
  return slice;
}
