import { Counter, Gauge, Registry } from "prom-client";
import { expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { collectMetrics } from "./registry-metrics.ts";

const names = async (aiwatch: Parameters<typeof collectMetrics>[0]) =>
  (await collectMetrics(aiwatch)).map(({ name }) => name);

it("a metric of the app's that throws or rejects costs itself alone, and is counted and told", async () => {
  const { aiwatch, registry, diagnostics, sample } = createTestAiwatch();
  const before = await names(hostOf(aiwatch));
  const broken = { help: "broken", registers: [registry] };
  new Gauge({
    ...broken,
    name: "app_throws",
    collect() {
      throw new Error("the database is gone");
    },
  });
  new Gauge({ ...broken, name: "app_rejects", collect: () => Promise.reject(new Error("so is the other")) });
  registry.registerMetric({ name: "app_nothing", get: async () => undefined } as never);
  new Counter({ name: "app_fine_total", help: "fine", registers: [registry] }).inc();
  expect(await names(hostOf(aiwatch))).toEqual([...before, "app_fine_total"]);
  expect(diagnostics.map(({ source, what }) => `${source}: ${what}`).sort()).toEqual([
    "registry: collecting the metric app_nothing",
    "registry: collecting the metric app_rejects",
    "registry: collecting the metric app_throws",
  ]);
  // asked of ours alone: the whole registry cannot be read any more
  for (const name of ["app_throws", "app_rejects", "app_nothing"]) registry.removeSingleMetric(name);
  expect(await sample("genai_app_telemetry_errors_total", { source: "registry" })).toBe(3);
});

it("says what the registry says, its default labels too", async () => {
  const { aiwatch, registry } = createTestAiwatch();
  registry.setDefaultLabels({ pod: "a" });
  new Gauge({ name: "app_size", help: "size", registers: [registry] }).set(1);
  expect(await collectMetrics(hostOf(aiwatch))).toEqual(await registry.getMetricsAsJSON());
});

it("begins with every metric before it waits for one", async () => {
  const { aiwatch, registry } = createTestAiwatch();
  const begun: string[] = [];
  let finish = () => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  for (const name of ["app_one", "app_two"]) {
    new Gauge({
      name,
      help: "slow",
      registers: [registry],
      collect: () => {
        begun.push(name);
        if (begun.length === 2) finish();
        return slow;
      },
    });
  }
  expect(await names(hostOf(aiwatch))).toContain("app_two");
});

it("gives the event loop a turn after a metric that took long", async () => {
  const { aiwatch, registry } = createTestAiwatch();
  const clock = fakeClock();
  let turns = 0;
  const seen: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    new Gauge({
      name: `app_long_${n}`,
      help: "long",
      registers: [registry],
      collect() {
        seen.push(turns);
        clock.advance(10);
        setImmediate(() => {
          turns += 1;
        });
      },
    });
  }
  await collectMetrics(hostOf(aiwatch), clock);
  expect(seen).toEqual([0, 1, 2]);
});

it("takes a registry that cannot tell its metrics apart", async () => {
  const { aiwatch } = createTestAiwatch();
  const metric = { name: "app_one", help: "one", type: "gauge", values: [] };
  const registry = {
    registerMetric() {},
    getSingleMetric: () => undefined,
    getMetricsAsJSON: async () => [metric],
  };
  expect(await collectMetrics({ registry, diagnostics: hostOf(aiwatch).diagnostics })).toEqual([metric]);
  expect(await collectMetrics({ registry: new Registry(), diagnostics: hostOf(aiwatch).diagnostics })).toEqual([]);
});
