import { Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { createAiwatch, defaultAiwatch } from "../aiwatch/aiwatch.ts";
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

it("a GPU's memory is shown for llama.cpp, and its metric shows no other engine's", async () => {
  const { aiwatch, registry } = createTestAiwatch();
  const watch = (name: string, used: number) =>
    adapterOf(aiwatch, { name }).watchGpuMemory(async () => ({ totalBytes: 100, usedBytes: used }));
  const shown = async () => (await registry.metrics()).match(/^genai_app_llamacpp_vram_bytes.*/gm);
  watch("tiny-engine", 90);
  expect(await shown()).toBe(null);
  const undo = watch("llama.cpp", 10);
  expect(await shown()).toEqual([
    'genai_app_llamacpp_vram_bytes{state="used"} 10',
    'genai_app_llamacpp_vram_bytes{state="total"} 100',
  ]);
  undo();
  expect(await shown()).toBe(null);
});

it("what are no readings says nothing of the engine", () => {
  const { aiwatch } = createTestAiwatch();
  adapterOf(aiwatch, { name: "tiny-engine" }).watchModel("tiny", () => Promise.resolve() as never);
  expect(aiwatch.summary().models).toEqual([{ model: "tiny" }]);
});

describe("the error types that an engine declares", () => {
  const engine = () => ({ name: "tiny-engine", errorTypes: ["rate_limited", "overloaded"] });
  const series = (type: string, value: number) =>
    `genai_app_errors_total{type="${type}",operation="inference"} ${value}`;

  /** Errors of so many types that no place is left for another one from outside. */
  function fillUp(host: ReturnType<typeof adapterOf>) {
    for (let index = 0; index < 100; index += 1) host.issueInference({ model: "tiny" }).fail(new Error(), `E${index}`);
  }

  it("begin at 0, and count", async () => {
    const { aiwatch, registry } = createTestAiwatch();
    const host = adapterOf(aiwatch, engine());
    expect(await registry.metrics()).toContain(series("rate_limited", 0));
    host.issueInference({ model: "tiny" }).fail(new Error(), "rate_limited");
    const text = await registry.metrics();
    expect([text.includes(series("rate_limited", 1)), text.includes(series("overloaded", 0))]).toEqual([true, true]);
  });

  it("are never `other`, however many others came before them", async () => {
    const { aiwatch, registry } = createTestAiwatch();
    fillUp(adapterOf(aiwatch, { name: "another" }));
    const host = adapterOf(aiwatch, engine());
    host.issueInference({ model: "tiny" }).fail(new Error(), "overloaded");
    host.issueInference({ model: "tiny" }).fail(new Error(), "undeclared");
    const text = await registry.metrics();
    expect(text).toContain(series("overloaded", 1));
    expect(text).not.toContain("undeclared");
  });

  it("begin with the app's own instance, too, which came after one that stood in for it", async () => {
    const registry = new Registry();
    adapterOf(defaultAiwatch(), engine());
    const aiwatch = createAiwatch({ registry });
    expect(await registry.metrics()).toContain(series("overloaded", 0));
    await aiwatch.close();
  });

  it("cost an instance of an older copy nothing", () => {
    const { aiwatch } = createTestAiwatch();
    const older = new Proxy(aiwatch, {
      get: (host, name) => (name === "declareErrorTypes" ? undefined : Reflect.get(host, name)),
    });
    expect(adapterOf(older, engine()).engine.name).toBe("tiny-engine");
  });

  it.each([
    ["rate_limited", '"rate_limited"'],
    [{}, "an object"],
    [["fine", "two words"], '"two words"'],
    [["x".repeat(65)], `"${"x".repeat(65)}"`],
    [[5], "5"],
    [Array.from({ length: 33 }, (_, index) => `e${index}`), "a list"],
  ])("are refused where they are no names: %j", (errorTypes, shown) => {
    const { aiwatch } = createTestAiwatch();
    expect(() => adapterOf(aiwatch, { name: "tiny-engine", errorTypes } as never)).toThrowError(
      expect.objectContaining({
        code: "AIWATCH_INVALID_ARGUMENT",
        message: `the engine's errorTypes is ${shown}, expected a list of up to 32 names, each of up to 64 letters, digits, _, $, . and -`,
      }),
    );
  });
});

it("thoughts that an engine reports at the end are shown as they come, and are a debt if it reports fewer", async () => {
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
