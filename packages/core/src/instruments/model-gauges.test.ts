import { expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { catalogue } from "../catalogue/index.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { overflowValue } from "./label-values.ts";

const { name, labels } = catalogue.modelInfo;

it.each(["architecture", "quantization", "gpu"] as const)("what files say of a model's %s is capped", async (label) => {
  const { aiwatch, registry, sample } = createTestAiwatch();
  let files = 0;
  hostOf(aiwatch).models.watch("tiny", () => ({ info: { architecture: "llama", [label]: `${label} ${files}` } }));
  const read = async () => {
    files += 1;
    const { values } = (await registry.getSingleMetric(name)!.get()) as { values: { labels: object }[] };
    return values.map((value) => value.labels);
  };
  for (let file = 1; file <= labels[label].cap; file += 1) {
    expect(await read()).toMatchObject([{ model: "tiny", [label]: `${label} ${file}` }]);
  }
  expect(await sample("genai_app_series_dropped_total", { metric: name })).toBe(0);
  expect(await read()).toMatchObject([{ model: "tiny", [label]: overflowValue }]);
  expect(await sample("genai_app_series_dropped_total", { metric: name })).toBeGreaterThan(0);
});
