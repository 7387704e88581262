import { expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { adapterOf } from "./host.ts";

it("a watched model is its adapter's engine's: llama.cpp's metrics do not show it", async () => {
  const { aiwatch, registry, diagnostics } = createTestAiwatch();
  const undo = adapterOf(aiwatch, { name: "tiny-engine" }).watchModel("tiny", () => ({ contextSize: 64 }));
  expect(aiwatch.summary().models).toEqual([{ model: "tiny", contextSize: 64, modelType: "tiny-engine" }]);
  expect(await registry.metrics()).not.toMatch(/^genai_app_llamacpp_.*"tiny"/m);
  undo();
  expect(aiwatch.summary().models).toEqual([]);
  expect(diagnostics).toEqual([]);
});

it("what are no readings says nothing of the engine", () => {
  const { aiwatch } = createTestAiwatch();
  adapterOf(aiwatch, { name: "tiny-engine" }).watchModel("tiny", () => Promise.resolve() as never);
  expect(aiwatch.summary().models).toEqual([{ model: "tiny" }]);
});
