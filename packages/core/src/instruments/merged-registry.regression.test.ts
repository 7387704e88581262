import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { createAiwatch } from "../aiwatch/aiwatch.ts";

it("a registry that holds another one's metrics of ours is refused with what is so, and what helps", async () => {
  const registry = new Registry();
  const aiwatch = createAiwatch({ registry });
  const merged = Registry.merge([registry]);
  const held = merged.getMetricsAsArray().length;
  const message = expect.stringMatching(
    /^the registry holds genai_app_\w+ of AIWatch on another registry, as one of Registry\.merge\(\) does: .* new Registry/,
  );
  expect(() => createAiwatch({ registry: merged })).toThrow(
    expect.objectContaining({ code: "AIWATCH_METRIC_CONFLICT", message }),
  );
  expect(merged.getMetricsAsArray()).toHaveLength(held);
  // what it advises works
  expect(createAiwatch({ registry })).not.toBe(aiwatch);
  createAiwatch({ registry: new Registry() });
  expect(await Registry.merge([registry]).metrics()).toContain("genai_app_");
});
