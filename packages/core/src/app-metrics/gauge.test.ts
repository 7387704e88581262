import { describe, expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { expectRefusals } from "./test-support/refusals.ts";
import { snapshotOf } from "./test-support/snapshot.ts";

const help = "Files that wait";
const dropped = "genai_app_series_dropped_total";
const labels = { queue: { cap: 2 } };

describe("a gauge that is set", () => {
  it("says what it was set to and what was added; before that nothing", async () => {
    const { aiwatch, sample, registry } = createTestAiwatch();
    const waiting = aiwatch.metrics.gauge({ name: "app_waiting", help, labels });
    const bound = waiting.bind({ queue: "b" });
    expect((await snapshotOf(registry, "app_waiting")).values).toEqual([]);
    waiting.set({ queue: "a" }, 5);
    waiting.add({ queue: "a" });
    waiting.add({ queue: "a" }, -3);
    bound.add();
    bound.set(-7.5);
    expect([await sample("app_waiting", { queue: "a" }), await sample("app_waiting", { queue: "b" })]).toEqual([
      3, -7.5,
    ]);
    registry.resetMetrics();
    expect(await sample("app_waiting", { queue: "a" })).toBe(3);
  });

  it("needs no labels where it has none, and is absent until something is known", async () => {
    const { aiwatch, sample, diagnostics } = createTestAiwatch();
    const waiting = aiwatch.metrics.gauge({ name: "app_waiting", help });
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number]) waiting.set(value);
    expect(await sample("app_waiting")).toBe(undefined);
    waiting.add();
    waiting.bind().add(2);
    expect(await sample("app_waiting")).toBe(3);
    waiting.set(0);
    expect(await sample("app_waiting")).toBe(0);
    expect(diagnostics).toEqual([]);
  });

  it("adds up over a cap, and takes no value there that would be one of many", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    const set = aiwatch.metrics.gauge({ name: "app_set", help, labels });
    const added = aiwatch.metrics.gauge({ name: "app_added", help, labels });
    for (const queue of ["a", "b", "c", "d"]) {
      set.set({ queue }, 5);
      added.add({ queue }, 5);
    }
    expect([await sample("app_set", { queue: "b" }), await sample("app_set", { queue: "other" })]).toEqual([
      5,
      undefined,
    ]);
    expect([await sample("app_added", { queue: "b" }), await sample("app_added", { queue: "other" })]).toEqual([5, 10]);
    expect([await sample(dropped, { metric: "app_set" }), await sample(dropped, { metric: "app_added" })]).toEqual([
      2, 2,
    ]);
  });

  it("reports a wrong call and records nothing", async () => {
    const { aiwatch, ...test } = createTestAiwatch();
    const waiting = aiwatch.metrics.gauge({ name: "app_waiting", help, labels });
    waiting.set({ queue: "a" }, "5" as never);
    waiting.add({} as never, 5);
    waiting.bind({ line: "a" } as never).set(5);
    expect(await test.sample("app_waiting", { queue: "a" })).toBe(undefined);
    const missing = "without its label queue";
    await expectRefusals(test, "app_waiting", ["with a value that is no number", missing, missing]);
  });
});

describe("a gauge that is read", () => {
  it("is asked at each scrape, and absent while the value is unknown", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    let waiting: number | undefined;
    aiwatch.metrics.gauge({ name: "app_waiting", help, read: () => waiting });
    expect(await sample("app_waiting")).toBe(undefined);
    waiting = 3;
    expect(await sample("app_waiting")).toBe(3);
    waiting = Number.NaN;
    expect(await sample("app_waiting")).toBe(undefined);
  });

  it("has a series for each set of labels, the last of two alike, and none over a cap", async () => {
    const { aiwatch, registry, sample } = createTestAiwatch();
    const queues: [string, number | undefined][] = [
      ["d", undefined],
      ["a", 1],
      ["b", 2],
      ["c", 3],
      ["a", 4],
    ];
    aiwatch.metrics.gauge({
      name: "app_waiting",
      help,
      labels,
      read: () => queues.map(([queue, value]) => ({ labels: { queue }, value })),
    });
    const values = (await snapshotOf(registry, "app_waiting")).values;
    expect(values).toEqual([
      { labels: { queue: "a" }, value: 4 },
      { labels: { queue: "b" }, value: 2 },
    ]);
    expect(await sample(dropped, { metric: "app_waiting" })).toBe(1);
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("secret");
      },
    ],
    ["rejects", () => Promise.reject(new Error("secret"))],
    [
      "throws at last",
      function* () {
        yield { labels: { queue: "a" }, value: 1 };
        throw new Error("secret");
      },
    ],
    ["is no list", () => 5],
    ["is a list of something else", () => [undefined]],
  ])("costs itself alone where what it reads %s", async (_how, read) => {
    const { aiwatch, registry, sample, diagnostics } = createTestAiwatch();
    aiwatch.metrics.gauge({ name: "app_broken", help, labels, read: read as never });
    aiwatch.metrics.gauge({ name: "app_waiting", help, read: () => 3 });
    expect(await registry.metrics()).toContain("app_waiting 3");
    expect((await snapshotOf(registry, "app_broken")).values).toEqual([]);
    expect(diagnostics.map(({ source, what }) => [source, what])).toContainEqual(["registry", "reading app_broken"]);
    expect(await sample("genai_app_telemetry_errors_total", { source: "registry" })).toBeGreaterThan(0);
  });

  it("reports labels and values that are wrong, and keeps the others", async () => {
    const { aiwatch, registry, ...test } = createTestAiwatch();
    const readings = [
      { labels: { queue: "a" }, value: 1 },
      { labels: { line: "b" }, value: 2 },
      { labels: { queue: "b" }, value: "3" },
    ];
    aiwatch.metrics.gauge({ name: "app_waiting", help, labels, read: () => readings as never });
    const values = (await snapshotOf(registry, "app_waiting")).values;
    expect(values).toEqual([{ labels: { queue: "a" }, value: 1 }]);
    await expectRefusals({ ...test, sample: async () => 2 }, "app_waiting", [
      "without its label queue",
      "with a value that is no number",
    ]);
  });

  it("does not wait for a promise, and a rejected one is no unhandled rejection", async () => {
    const { aiwatch, sample, diagnostics } = createTestAiwatch();
    aiwatch.metrics.gauge({ name: "app_waiting", help, read: (async () => 3) as never });
    aiwatch.metrics.gauge({ name: "app_failing", help, read: (() => Promise.reject(new Error("no"))) as never });
    expect(await sample("app_waiting")).toBe(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(diagnostics.map(({ what }) => what)).toContain("recording app_waiting with a value that is no number");
  });

  it("cannot be set, and says so", async () => {
    const { aiwatch, ...test } = createTestAiwatch();
    const handle = aiwatch.metrics.gauge({ name: "app_waiting", help, read: () => 3 });
    const call = handle as unknown as { set(n: number): void; bind(): { add(): void } };
    call.set(5);
    call.bind().add();
    const how = "by the app, though it is read at each scrape";
    await expectRefusals(test, "app_waiting", [how, how]);
  });
});
