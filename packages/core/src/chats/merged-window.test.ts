import { expect, it } from "vitest";
import { sliceMs, slicesInWindow } from "../windows/slices.ts";
import { beginSlice } from "./chat-slice.ts";
import { mergedWindow } from "./merged-window.ts";

/** @param queued the most that waited in each slice, the oldest first */
const windowOf = (sinceMs: number, queued: readonly number[]) => ({ sinceMs, slices: queued.map(beginSlice) });
const queuedIn = (...windows: Parameters<typeof mergedWindow>) =>
  mergedWindow(...windows).slices.map(({ mostQueued }) => mostQueued);

it("puts each slice to those that lie nearest in time", () => {
  const asked = windowOf(1000, [1, 2, 3]);
  expect(queuedIn([asked, windowOf(3499, [10, 20, 30])], 1000)).toEqual([11, 22, 33]);
  expect(queuedIn([asked, windowOf(3500, [10, 20, 30])], 1000)).toEqual([10, 21, 32, 3]);
  expect(queuedIn([asked, windowOf(1000 + 2 * sliceMs, [10])], 1000)).toEqual([11, 2, 3]);
});

it("takes what is younger than the newest step to that one, where the most of one process is no sum", () => {
  expect(queuedIn([windowOf(4900, [1, 2]), windowOf(100, [40, 20, 30])], 4900)).toEqual([41, 32]);
});

it("keeps nothing that is older than the window, and one empty step where there is none", () => {
  const old = windowOf(slicesInWindow * sliceMs, [7]);
  expect(queuedIn([windowOf(0, [1]), old], 0)).toEqual([1]);
  expect(mergedWindow([], 0)).toEqual({ sinceMs: 0, slices: [beginSlice()] });
});

it("leaves the windows as they were", () => {
  const window = windowOf(0, [1, 2]);
  mergedWindow([window, window], 0);
  expect(window).toEqual(windowOf(0, [1, 2]));
});
