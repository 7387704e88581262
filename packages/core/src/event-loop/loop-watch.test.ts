import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { LoopWatch, type LoopWatched, loopIntervalMs } from "./loop-watch.ts";

const watched = (): LoopWatched => ({ eventLoopDelayMs: undefined });

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe("the watch on the event loop", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp() {
    const clock = fakeClock();
    const observed: number[] = [];
    const watch = new LoopWatch(clock, (delayMs) => observed.push(delayMs), { setInterval, clearInterval });
    /** The clock moves on, and then the timer fires. */
    const tick = (lateMs = 0) => {
      clock.advance(loopIntervalMs + lateMs);
      vi.advanceTimersByTime(loopIntervalMs);
    };
    return { clock, observed, watch, tick };
  }

  it("samples nothing while nothing runs, and holds no timer for longer than until it next fires", () => {
    const { watch, observed, tick } = setUp();
    expect(vi.getTimerCount()).toBe(0);
    const [one, two] = [watched(), watched()];
    watch.begin(one);
    watch.begin(two);
    expect(vi.getTimerCount()).toBe(1);
    watch.end(one);
    expect(vi.getTimerCount()).toBe(1);
    watch.end(two);
    tick(50);
    expect(observed).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on with the timer of what has just ended, for what begins meanwhile", () => {
    const { watch, observed, tick } = setUp();
    for (const each of [watched(), watched()]) {
      watch.begin(each);
      watch.end(each);
    }
    watch.begin(watched());
    expect(vi.getTimerCount()).toBe(1);
    tick(3);
    expect(observed).toEqual([3]);
  });

  it("tells a delay once that an end has told, and none of a rest", () => {
    const { watch, observed, clock } = setUp();
    const [one, two] = [watched(), watched()];
    watch.begin(one);
    clock.advance(loopIntervalMs + 100);
    watch.end(one);
    clock.advance(50);
    watch.begin(two);
    clock.advance(7);
    vi.advanceTimersByTime(loopIntervalMs);
    expect(observed).toEqual([100, 7]);
    expect([one.eventLoopDelayMs, two.eventLoopDelayMs]).toEqual([100, 7]);
    expect(vi.getTimerCount()).toBe(1);
    watch.end(two);
    vi.advanceTimersByTime(loopIntervalMs);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells each delay, 0 included, and keeps the longest for what runs", () => {
    const { watch, observed, tick } = setUp();
    const one = watched();
    watch.begin(one);
    tick();
    tick(30);
    tick(7);
    watch.end(one);
    expect(observed).toEqual([0, 30, 7]);
    expect(one.eventLoopDelayMs).toBe(30);
  });

  it("takes a timer that should have fired by the end for a delay", () => {
    const { watch, observed, clock } = setUp();
    const one = watched();
    watch.begin(one);
    clock.advance(loopIntervalMs + 100);
    watch.end(one);
    expect(observed).toEqual([100]);
    expect(one.eventLoopDelayMs).toBe(100);
  });

  it("knows nothing of what ended before the timer was due", () => {
    const { watch, observed, clock } = setUp();
    const one = watched();
    watch.begin(one);
    clock.advance(loopIntervalMs - 1);
    watch.end(one);
    expect([observed, one.eventLoopDelayMs]).toEqual([[], undefined]);
  });

  it("puts no delay on what began only after it", () => {
    const { watch, clock, observed } = setUp();
    const [early, late] = [watched(), watched()];
    watch.begin(early);
    clock.advance(500);
    watch.begin(late);
    clock.advance(3);
    vi.advanceTimersByTime(loopIntervalMs);
    expect(observed).toEqual([503 - loopIntervalMs]);
    expect(early.eventLoopDelayMs).toBe(503 - loopIntervalMs);
    expect(late.eventLoopDelayMs).toBe(3);
  });

  it("ends what it never began, and what ended already, without a word", () => {
    const { watch, observed, clock } = setUp();
    const one = watched();
    clock.advance(10_000);
    watch.end(one);
    watch.begin(one);
    watch.end(one);
    clock.advance(10_000);
    watch.end(one);
    expect([observed, one.eventLoopDelayMs]).toEqual([[], undefined]);
  });
});

describe("an event loop that is really blocked", () => {
  const delays = "genai_app_event_loop_delay_seconds";

  it("is seen in the record and in the histogram, and a free one is not", async () => {
    const { aiwatch, inferences, sample } = createTestAiwatch();
    const inference = aiwatch.startInference({ model: "tiny" });
    await sleep(5);
    block(150);
    await sleep(30);
    inference.end({ unified: "stop" });
    expect(inferences[0]!.eventLoopDelayMs).toBeGreaterThan(100);
    const [over100, all] = [await sample(`${delays}_bucket`, { le: 0.1 }), await sample(`${delays}_count`)];
    expect(all! - over100!).toBeGreaterThanOrEqual(1);
    block(60);
    await sleep(30);
    expect(await sample(`${delays}_count`)).toBe(all);
  });

  it("is seen by an inference that ends before the timer could fire", async () => {
    const { aiwatch, inferences, sample } = createTestAiwatch();
    const inference = aiwatch.startInference({ model: "tiny" });
    block(150);
    inference.end({ unified: "stop" });
    expect(inferences[0]!.eventLoopDelayMs).toBeGreaterThan(100);
    expect(await sample(`${delays}_sum`)).toBeCloseTo(inferences[0]!.eventLoopDelayMs! / 1000, 2);
  });

  it("costs the process nothing but a count where the histogram is broken", async () => {
    const { aiwatch, inferences, sample } = createTestAiwatch();
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    vi.spyOn(hostOf(aiwatch).instruments.eventLoopDelay, "observe").mockImplementation(() => {
      throw new Error("no");
    });
    const inference = aiwatch.startInference({ model: "tiny" });
    await sleep(60);
    inference.end({ unified: "stop" });
    vi.restoreAllMocks();
    expect(inferences).toHaveLength(1);
    expect(await sample("genai_app_telemetry_errors_total", { source: "registry" })).toBeGreaterThan(0);
  });
});

it("the watch does not keep the process alive", () => {
  const timers = vi.spyOn(globalThis, "setInterval");
  const watch = new LoopWatch({ now: () => performance.now() }, () => {}, { setInterval, clearInterval });
  const one = watched();
  watch.begin(one);
  const timer = timers.mock.results[0]!.value as NodeJS.Timeout;
  timers.mockRestore();
  expect(timer.hasRef()).toBe(false);
  watch.end(one);
});
