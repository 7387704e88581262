import { expect, it } from "vitest";
import { createAiwatch } from "../aiwatch/aiwatch.ts";
import { ownVersion } from "../base/process-wide.ts";
import { catalogue } from "../catalogue/index.ts";
import { createTestAiwatch } from "../testing/index.ts";

const { name, labels } = catalogue.buildInfo;
const builds = async ({ registry }: ReturnType<typeof createTestAiwatch>) => {
  const { values } = (await registry.getSingleMetric(name)!.get()) as { values: { value: number; labels: object }[] };
  return values;
};

it("says what the process is built of: one series, whatever is reported when and where", async () => {
  const test = createTestAiwatch();
  const build = { version: ownVersion, node: process.versions.node };
  expect(await builds(test)).toEqual([{ value: 1, labels: { ...build, engine: "" } }]);
  createAiwatch({ registry: test.registry }).health.reportVersion("llama.cpp", "b6123");
  test.aiwatch.health.reportVersion("a-server", "1.2");
  expect(await builds(test)).toEqual([{ value: 1, labels: { ...build, engine: "a-server 1.2, llama.cpp b6123" } }]);
});

it("has no more engines than there may be values", async () => {
  const test = createTestAiwatch();
  for (let n = 0; n < labels.engine.cap; n += 1) {
    test.aiwatch.health.reportVersion("engine", String(n));
    expect(await builds(test)).toMatchObject([{ labels: { engine: `engine ${n}` } }]);
  }
  expect(await test.sample("genai_app_series_dropped_total", { metric: name })).toBe(0);
  test.aiwatch.health.reportVersion("engine", "new");
  expect(await builds(test)).toMatchObject([{ labels: { engine: "other" } }]);
  expect(await test.sample("genai_app_series_dropped_total", { metric: name })).toBeGreaterThan(0);
});
