import { added } from "../inference/received-values.ts";
import { sliceMs, slicesInWindow } from "../windows/slices.ts";
import { addOutcomes, beginSlice, type ChatSlice, histogramIn, measures } from "./chat-slice.ts";
import type { WindowPart } from "./chat-window.ts";

/**
 * The windows of several processes as one. Their clocks have nothing in common but their pace: slices come together by their age, each with
 * those that it overlaps most. All that is counted, and the quantiles, are what one process would have; the most that waited is the sum of each
 * one's most, since nobody knows whether these were at the same moment.
 * @param sinceMs how long ago the newest slice of the whole begins: no window's newest is much younger
 */
export function mergedWindow(windows: readonly WindowPart[], sinceMs: number): WindowPart {
  const newestFirst = [beginSlice()];
  for (const window of windows) {
    for (const [age, slice] of byAge(window, sinceMs).entries()) {
      newestFirst[age] ??= beginSlice();
      addSlice(newestFirst[age], slice);
    }
  }
  return { sinceMs, slices: newestFirst.reverse() };
}

/** One process's slices, the newest first, in the places that they have in the whole. What is older than the window is left out. */
function byAge({ sinceMs: ownSinceMs, slices }: WindowPart, sinceMs: number): ChatSlice[] {
  const older = Math.round((ownSinceMs - sinceMs) / sliceMs);
  const placed: ChatSlice[] = [];
  for (const [index, slice] of slices.toReversed().entries()) {
    const age = Math.max(0, index + older);
    if (age >= slicesInWindow) break;
    while (placed.length <= age) placed.push(beginSlice());
    const place = placed[age] as ChatSlice;
    const mostQueued = Math.max(place.mostQueued, slice.mostQueued);
    addSlice(place, slice);
    // of one process it is known
    place.mostQueued = mostQueued;
  }
  return placed;
}

function addSlice(sum: ChatSlice, slice: ChatSlice): void {
  addOutcomes(sum.outcomes, slice.outcomes);
  sum.tokens = added(sum.tokens, slice.tokens);
  sum.mostQueued += slice.mostQueued;
  for (const measure of measures) {
    const histogram = slice[measure];
    if (histogram !== undefined) histogramIn(sum, measure).merge(histogram);
  }
}
