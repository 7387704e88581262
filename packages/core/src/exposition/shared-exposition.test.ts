import { expect, it } from "vitest";
import type { Later } from "../base/time.ts";
import type { MetricJson } from "./registry-metrics.ts";
import { SharedExposition } from "./shared-exposition.ts";
import type { ExpositionFormat } from "./text-format.ts";

/** An exposition of a gauge that says which collection it was; each ends when it is told to. */
function counted(room?: () => Promise<void>) {
  const ends: ((error?: Error) => void)[] = [];
  const timers = new Set<() => void>();
  const startTimer: Later = (action, ms) => {
    expect(ms).toBe(10_000);
    timers.add(action);
    return () => timers.delete(action);
  };
  const collect = () => {
    const value = ends.length + 1;
    const metric: MetricJson = { name: "scrapes", help: "scrapes", type: "gauge", values: [{ labels: {}, value }] };
    return new Promise<MetricJson[]>((resolve, reject) =>
      ends.push((error) => (error ? reject(error) : resolve([metric]))),
    );
  };
  const exposition = new SharedExposition(collect, room, startTimer);
  const read = async (format: ExpositionFormat = "classic") => {
    const text = Buffer.concat(await exposition.text(format)).toString();
    return [/^scrapes (\d+)/m.exec(text)?.[1], text.endsWith("# EOF\n")];
  };
  /** Waits for the collection of that number. */
  const begun = (n: number) => expect.poll(() => ends.length).toBe(n);
  const end = async (n: number, error?: Error) => {
    await begun(n);
    ends[n - 1]?.(error);
  };
  return { exposition, timers, read, begun, end };
}

it("begins after it was asked for: all who ask while one is collected share the next, whatever their format", async () => {
  const { read, begun, end } = counted();
  const first = read();
  await begun(1);
  const others = [read(), read(), read("openmetrics")];
  await end(1);
  expect(await first).toEqual(["1", false]);
  await end(2);
  expect(await Promise.all(others)).toEqual([
    ["2", false],
    ["2", false],
    ["2", true],
  ]);
  await begun(2);
});

it("is one text for all of one format", async () => {
  const { exposition, end } = counted();
  const texts = Promise.all([exposition.text("classic"), exposition.text("classic")]);
  await end(1);
  const [one, other] = await texts;
  expect(one).toBe(other);
});

it("is a new one for whoever asks when it is made", async () => {
  const { read, end, timers } = counted();
  for (const n of [1, 2, 3]) {
    const reading = read();
    await end(n);
    expect(await reading).toEqual([String(n), false]);
  }
  expect(timers.size).toBe(0);
});

it("fails for all who waited for it, and for nobody after them", async () => {
  const { read, begun, end } = counted();
  const first = read();
  await begun(1);
  const failed = Promise.allSettled([read(), read("openmetrics")]);
  await end(1);
  await first;
  await end(2, new Error("gone"));
  expect(await failed).toEqual(Array(2).fill({ status: "rejected", reason: new Error("gone") }));
  const next = read();
  await end(3);
  expect(await next).toEqual(["3", false]);
});

it("that hangs is given up after ten seconds for those who wait for it, and the next begins", async () => {
  const { read, begun, end, timers } = counted();
  const hanging = read();
  await begun(1);
  const next = read();
  expect(timers.size).toBe(1);
  for (const pass of timers) pass();
  await expect(hanging).rejects.toMatchObject({ code: "AIWATCH_SCRAPE_TIMEOUT" });
  await end(2);
  expect(await next).toEqual(["2", false]);
});

it("is not begun before there is room, and shared by all who ask until then", async () => {
  let makeRoom = () => {};
  const room = () =>
    new Promise<void>((resolve) => {
      makeRoom = resolve;
    });
  const { read, end } = counted(room);
  const early = read();
  await new Promise((resolve) => setImmediate(resolve));
  const late = read();
  makeRoom();
  await end(1);
  expect(await Promise.all([early, late])).toEqual(Array(2).fill(["1", false]));
});
