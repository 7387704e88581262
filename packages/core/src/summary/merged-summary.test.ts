import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import type { InferenceHandle } from "../inference/inference-handle.ts";
import { createTestAiwatch, type FakeClock, fakeClock } from "../testing/index.ts";
import { sliceMs, slicesInWindow } from "../windows/slices.ts";
import { agedBy, countedIn, mergedSummary } from "./merged-summary.ts";
import type { Summary } from "./schema.ts";
import { summaryFrom } from "./summary.ts";
import { packSummary, unpackSummary } from "./summary-json.ts";
import type { SummaryPart } from "./summary-part.ts";

/** What happens to the traffic of one process. */
type Event =
  | { readonly kind: "begin" | "evaluate" | "token" | "stop" | "abort" | "fail"; readonly process: number }
  | { readonly kind: "wait"; readonly ms: number };

const processes = 3;
const process = fc.nat(processes - 1);
const moves = ["begin", "begin", "evaluate", "token", "token", "token", "stop", "stop", "abort", "fail"] as const;
const eventsWithWaits = (maxMs: number) =>
  fc.array(
    fc.oneof(
      fc.record({ kind: fc.constantFrom(...moves), process }),
      fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: maxMs }) }),
    ),
    { maxLength: 150, size: "max" },
  );

/** A process, or the one that has the traffic of all. */
class Played {
  readonly clock: FakeClock;
  readonly aiwatch;
  /** Of each process whose traffic it has. */
  readonly #underWay: InferenceHandle[][] = Array.from({ length: processes }, () => []);

  constructor(clockAt: number) {
    this.clock = fakeClock(clockAt);
    this.aiwatch = createTestAiwatch({ clock: this.clock }).aiwatch;
  }

  play({ kind, process: of }: Exclude<Event, { kind: "wait" }>): void {
    const underWay = this.#underWay[of] as InferenceHandle[];
    if (kind === "begin") underWay.push(this.aiwatch.startInference({ model: "tiny" }));
    const [oldest] = underWay;
    if (kind === "evaluate") oldest?.evaluationBegun();
    if (kind === "token") oldest?.token();
    if (kind === "stop") underWay.shift()?.end({ unified: "stop" });
    if (kind === "abort") underWay.shift()?.abort();
    if (kind === "fail") underWay.shift()?.fail(new Error("x"));
  }

  /** As it comes out of a message. */
  get part(): SummaryPart {
    return unpackSummary(JSON.parse(JSON.stringify(packSummary(hostOf(this.aiwatch).summaryPart()))));
  }
}

/** Plays the same in processes whose clocks differ, and in one that has it all. */
function playBoth(events: readonly Event[], clocksAt: readonly number[]) {
  const one = new Played(0);
  const several = clocksAt.map((clockAt) => new Played(clockAt));
  for (const event of events) {
    if (event.kind === "wait") for (const { clock } of [one, ...several]) clock.advance(event.ms);
    else for (const played of [one, several[event.process] as Played]) played.play(event);
  }
  return { one, several };
}

function mergedOf(parts: readonly SummaryPart[], host: Played): Summary {
  return summaryFrom(mergedSummary(parts, parts[0]?.window.sinceMs ?? 0), hostOf(host.aiwatch));
}

const withoutModels = ({ models: _, llamaCppMetrics: _none, uptimeSeconds: _one, ...summary }: Summary) => summary;

const clocks = fc.tuple(...Array.from({ length: processes }, () => fc.integer({ min: 0, max: 1e9 })));

describe("the summary of several processes", () => {
  it("is that of one with all their traffic, whatever their clocks say", () => {
    fc.assert(
      fc.property(eventsWithWaits(20_000), clocks, (events, clocksAt) => {
        // what begins every process's window at the same moment
        const begin: Event[] = [0, 1, 2].flatMap((of) => [
          { kind: "begin", process: of },
          { kind: "stop", process: of },
        ]);
        const { one, several } = playBoth([...begin, ...events], clocksAt);
        const merged = withoutModels(
          mergedOf(
            several.map(({ part }) => part),
            one,
          ),
        );
        const { series, now, ...whole } = withoutModels(one.aiwatch.summary());
        const { series: mergedSeries, now: mergedNow, ...mergedRest } = merged;
        expect(mergedRest).toEqual(whole);
        const { tokensPerSecond, ...counts } = now;
        const { tokensPerSecond: mergedRate, ...mergedCounts } = mergedNow;
        expect(mergedCounts).toEqual(counts);
        // floating-point numbers in another order
        expect(mergedRate ?? -1).toBeCloseTo(tokensPerSecond ?? -1, 9);
        expect({ ...mergedSeries, queued: [] }).toEqual({ ...series, queued: [] });
        // nobody knows whether each one's most was at the same moment
        for (const [index, queued] of mergedSeries.queued.entries()) {
          expect(queued).toBeGreaterThanOrEqual(series.queued[index] as number);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("counts the same where their windows began at other moments, and loses nothing of the last minutes", () => {
    fc.assert(
      fc.property(eventsWithWaits(1900), clocks, (events, clocksAt) => {
        const { one, several } = playBoth(events, clocksAt);
        const { window, totals, averages, inferences } = one.aiwatch.summary();
        const merged = mergedOf(
          several.map(({ part }) => part),
          one,
        );
        expect(merged).toMatchObject({ window, totals, averages, inferences });
        const tokens = ({ series }: Summary) => series.tokensPerSecond.reduce((sum, rate) => sum + rate * 5, 0);
        const total = (summary: Summary) => Math.round(tokens(summary));
        // the step that goes on is in no series, and one process's may be the other's last
        expect(total(merged)).toBeLessThanOrEqual(merged.tokensGenerated);
        expect(merged.tokensGenerated).toBe(one.aiwatch.summary().tokensGenerated);
      }),
      { numRuns: 100 },
    );
  });

  it("has what a silent process counted where it belongs by its age, and forgets it with the window", () => {
    const { one, several } = playBoth([], [0, 7000, 1e6]);
    const [asked, silent] = several as [Played, Played];
    const parts = (agedMs: number) => [asked.part, agedBy(agedMs, countedIn(heard))];
    const chat = [{ kind: "begin" }, { kind: "token" }, { kind: "stop" }] as const;
    for (const { kind } of chat) silent.play({ kind, process: 1 });
    silent.play({ kind: "begin", process: 1 });
    const heard = silent.part;
    asked.aiwatch.summary();
    asked.clock.advance(12 * sliceMs);
    const merged = mergedOf(parts(12 * sliceMs), one);
    expect(merged).toMatchObject({ window: { chats: 1, answered: 1 }, totals: { chats: 1 }, now: { chats: 0 } });
    expect(merged.series.tokensPerSecond).toEqual([1 / 5, ...Array(11).fill(0)]);
    asked.clock.advance(slicesInWindow * sliceMs);
    expect(mergedOf(parts((12 + slicesInWindow) * sliceMs), one)).toMatchObject({
      window: { chats: 0, firstTokenMs: {} },
      totals: { chats: 1, answered: 1 },
    });
  });

  it("adds up what models decode and run in several processes, and takes the largest of their contexts", () => {
    const [one, two] = [new Played(0), new Played(9)] as const;
    one.aiwatch.reportModel("tiny", { contextSize: 512, tokensPerSecond: 10, modelMemoryBytes: 100 });
    two.aiwatch.reportModel("tiny", { contextSize: 1024, tokensPerSecond: 5, modelMemoryBytes: 100 });
    two.aiwatch.reportModel("other", { contextSize: 64 });
    const { models, llamaCppMetrics } = mergedOf([one.part, two.part], one);
    expect(models).toMatchObject([
      { model: "tiny", contextSize: 1024, tokensPerSecond: 15, modelMemoryBytes: 200 },
      { model: "other", contextSize: 64 },
    ]);
    expect(llamaCppMetrics).toMatchObject({ model: "tiny", contextSize: 1024, tokensPerSecond: 15 });
  });
});
