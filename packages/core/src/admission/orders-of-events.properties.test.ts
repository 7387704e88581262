import fc from "fast-check";
import { expect, it } from "vitest";
import { type AdmissionOutcome, admissionOutcomes } from "../catalogue/values.ts";
import type { AdmissionEntry } from "./entry.ts";
import { figuresOf, openRequest, setUp } from "./test-support/set-up.ts";

const requests = 3;
const signals = 2;

/** What can happen, in any order: entries, ends of any of them, closes and aborts, and time that passes. */
const events = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ enter: fc.nat(requests), signal: fc.nat(signals), outlives: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ end: fc.nat(20), as: fc.constantFrom(...admissionOutcomes) }) },
    { weight: 1, arbitrary: fc.record({ close: fc.nat(requests - 1) }) },
    { weight: 1, arbitrary: fc.record({ abort: fc.nat(signals - 1) }) },
    { weight: 2, arbitrary: fc.record({ pass: fc.nat(1000) }) },
  ),
  // without a size there would be ten at most
  { maxLength: 60, size: "max" },
);
type Happening = typeof events extends fc.Arbitrary<(infer Event)[]> ? Event : never;

/** An entry as it should be. */
interface Expected {
  readonly handle: AdmissionEntry;
  readonly enteredAt: number;
  readonly request: number | undefined;
  readonly signal: number | undefined;
  outcome?: AdmissionOutcome;
  endedAt?: number;
}

/** What is done to the queue, and what should come of it. */
function play() {
  const test = setUp({ order: "fifo" });
  const open = Array.from({ length: requests }, openRequest);
  const aborts = Array.from({ length: signals }, () => new AbortController());
  const entries: Expected[] = [];
  const now = () => test.clock.now();

  function endAll(outcome: AdmissionOutcome, which: (entry: Expected) => boolean): void {
    for (const entry of entries) {
      if (entry.outcome === undefined && which(entry)) Object.assign(entry, { outcome, endedAt: now() });
    }
  }

  function enter({ enter, signal, outlives }: Extract<Happening, { enter: number }>): void {
    const request = open[enter];
    const abort = aborts[signal];
    const isTied = request?.scope.closed === false && !outlives;
    const begin = () => test.admission.enter({ signal: abort?.signal, outlivesRequest: outlives });
    const handle = request === undefined ? begin() : request.run(begin);
    const entry = { handle, enteredAt: now(), request: isTied ? enter : undefined, signal: abort && signal };
    entries.push(entry);
    if (abort?.signal.aborted) endAll("left", (each) => each === entry);
  }

  function happen(event: Happening): void {
    if ("enter" in event) enter(event);
    if ("pass" in event) test.clock.advance(event.pass);
    if ("end" in event) {
      entries[event.end]?.handle[event.as]();
      endAll(event.as, (entry) => entry === entries[event.end]);
    }
    if ("close" in event) {
      open[event.close]?.close();
      endAll("left", ({ request }) => request === event.close);
    }
    if ("abort" in event) {
      aborts[event.abort]?.abort();
      endAll("left", ({ signal }) => signal === event.abort);
    }
  }
  return { ...test, open, entries, now, happen };
}

/** The length of the union of the intervals. */
function unionOf(intervals: readonly (readonly [number, number])[]): number {
  let total = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [from, to] of [...intervals].sort(([a], [b]) => a - b)) {
    total += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return total;
}

it("whatever happens in whatever order, waiting is what entered and did not end, and each end is counted once", async () => {
  await fc.assert(
    fc.asyncProperty(events, async (happening) => {
      const { open, entries, now, happen, ...test } = play();
      for (const event of happening) {
        happen(event);
        expect(entries.map(({ handle }) => handle.ended)).toEqual(entries.map(({ outcome }) => outcome !== undefined));
      }
      const waiting = entries.filter(({ outcome }) => outcome === undefined);
      expect(waiting.map(({ handle }) => handle.ahead)).toEqual([...waiting.keys()]);
      const admitted = entries.filter(({ outcome }) => outcome === "admitted");
      const waitedMs = admitted.reduce((sum, { enteredAt, endedAt = 0 }) => sum + endedAt - enteredAt, 0);
      const counts = admissionOutcomes.map((as) => [as, entries.filter(({ outcome }) => outcome === as).length]);
      expect(await figuresOf(test)).toEqual({
        waiting: waiting.length,
        waits: admitted.length,
        seconds: expect.closeTo(waitedMs / 1000, 9),
        ...Object.fromEntries(counts),
      });
      for (const [index, { scope }] of open.entries()) {
        const own = entries.filter(({ request }) => request === index);
        const intervals = own.map(({ enteredAt, endedAt = now() }) => [enteredAt, endedAt] as const);
        expect(scope.admission?.waitedMs ?? 0).toBeCloseTo(unionOf(intervals), 9);
        expect(scope.admission === undefined).toBe(own.length === 0);
      }
      expect(test.diagnostics).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
