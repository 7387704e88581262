import { expect, it, vi } from "vitest";
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

it("thoughts that an engine tells at the end are shown as they come, and owed where it tells fewer", async () => {
  const { aiwatch, sample, diagnostics } = createTestAiwatch();
  const host = adapterOf(aiwatch, { name: "tiny-engine" });
  const read = async () => [
    await sample("genai_app_reasoning_tokens_total", { model: "tiny" }),
    await sample("genai_app_token_debt", { model: "tiny", kind: "reasoning" }),
  ];
  let thoughts: unknown = 4;
  const reasoningSoFar = vi.fn(() => thoughts as number);
  const inference = host.issueInference({ model: "tiny", reasoningSoFar });
  for (let token = 0; token < 6; token += 1) inference.token();
  expect(reasoningSoFar).not.toHaveBeenCalled();
  expect(await read()).toEqual([4, undefined]);
  thoughts = -1;
  expect(await read()).toEqual([4, 4]);
  inference.reasoningTokens(3);
  expect(await read()).toEqual([4, 1]);
  inference.end({ unified: "stop" });
  expect(await read()).toEqual([4, 1]);
  expect(diagnostics).toEqual([]);
  const broken = () => {
    throw new Error("broken");
  };
  const silent = host.issueInference({ model: "tiny", reasoningSoFar: broken });
  expect(await read()).toEqual([4, 1]);
  expect(diagnostics[0]).toMatchObject({ source: "adapter", what: "reading the thoughts so far" });
  silent.abort();
  const reported = diagnostics.length;
  host.issueInference({ model: "tiny", reasoningSoFar: 5 as never });
  expect(await read()).toEqual([4, 1]);
  expect(diagnostics).toHaveLength(reported);
});
