import { setTimeout as sleep } from "node:timers/promises";
import { runToEnd } from "@aiwatch/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { EventLoopMonitor, idleAfterMs, windowMs } from "../event-loop/event-loop-monitor.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";

vi.mock("../base/time.ts", async (original) => {
  const { globalTimers } = await import("../test-support/global-timers.ts");
  return globalTimers(original);
});

afterEach(() => void vi.useRealTimers());

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

/** Blocks nearly always for half a second. */
async function overload(): Promise<void> {
  for (let n = 0; n < 5; n += 1) {
    block(100);
    await sleep(1);
  }
}

describe("the check on the event loop", () => {
  it("fails after a window in which the loop was held up, whoever asks, and holds after a free one", async () => {
    const clock = fakeClock();
    const { aiwatch } = createTestAiwatch({ clock, health: { eventLoop: { maxDelayMs: 50 } } });
    const ask = async () => (await aiwatch.health.readiness()).checks["eventLoop"];
    expect(await ask()).toEqual({ ok: true, critical: false });
    await sleep(50);
    await overload();
    expect(await ask()).toMatchObject({ ok: true });
    clock.advance(windowMs);
    const held = await ask();
    expect(held).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^the event loop was delayed by \d+ ms, over 50 ms$/),
    });
    expect(await ask()).toEqual(held);
    await sleep(300);
    clock.advance(windowMs);
    await aiwatch.close();
    expect(await ask()).toEqual({ ok: true, critical: false });
  });
});

describe("the monitor", () => {
  it("tells the delay alone, not the time between two looks", async () => {
    const clock = fakeClock();
    const monitor = new EventLoopMonitor(clock);
    monitor.delayMs();
    await sleep(50);
    await overload();
    clock.advance(windowMs);
    const delayMs = monitor.delayMs()!;
    expect(delayMs).toBeGreaterThan(60);
    monitor.close();
  });

  it("measures from the first question on, and not while nobody asks", async () => {
    vi.useFakeTimers();
    const monitor = new EventLoopMonitor(fakeClock());
    expect(monitor.measuring).toBe(false);
    expect(monitor.delayMs()).toBe(undefined);
    expect(monitor.measuring).toBe(true);
    await vi.advanceTimersByTimeAsync(idleAfterMs - 1);
    monitor.delayMs();
    await vi.advanceTimersByTimeAsync(idleAfterMs - 1);
    expect(monitor.measuring).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(monitor.measuring).toBe(false);
    monitor.delayMs();
    expect(monitor.measuring).toBe(true);
    monitor.close();
    expect([monitor.measuring, vi.getTimerCount()]).toEqual([false, 0]);
    monitor.delayMs();
    expect(monitor.measuring).toBe(false);
  });

  it("does not keep the process alive", async () => {
    const module = new URL("../event-loop/event-loop-monitor.ts", import.meta.url).href;
    const stdin = `
      const { EventLoopMonitor } = await import(${JSON.stringify(module)});
      new EventLoopMonitor({ now: () => performance.now() }).delayMs();`;
    expect(await runToEnd(process.execPath, ["--input-type=module"], { stdin })).toMatchObject({ code: 0, stderr: "" });
  });
});
