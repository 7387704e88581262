import { createTestAiwatch } from "@aiwatch/core/testing";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { type Llama, readGgufFileInfo } from "node-llama-cpp";
import { afterEach, describe, expect, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { llama, loadTinyModel } from "../test-support/engine.ts";
import { hostOf } from "../test-support/host.ts";

afterEach(async () => uninstrument(await llama()));

const loadSeconds = "genai_app_llamacpp_model_load_seconds";

async function timedLoad(engine: Llama, modelPath: string) {
  const called = performance.now();
  const model = await engine.loadModel({ modelPath });
  return { model, tookMs: performance.now() - called };
}

describe("the time to load a model", () => {
  test("is that around `loadModel` of an instrumented Llama; of several the longest", async () => {
    const engine = await llama();
    const modelPath = await ensureTinyModel({ variant: "chat" });
    const { aiwatch, sample } = createTestAiwatch();
    instrumentModel(engine, { aiwatch });
    // ours lies inside the test's, and what is left is the observing of the model itself: 2 ms or 5 % of a load, where no other program came between
    const tries: { readonly off: number; readonly most: number }[] = [];
    const close = () => tries.filter(({ off, most }) => off < most);
    while (tries.length < 10 && close().length === 0) {
      const { model, tookMs } = await timedLoad(engine, modelPath);
      const loadMs = (await sample(loadSeconds, { model: "tiny-chat" }))! * 1000;
      expect(loadMs).toBeLessThanOrEqual(tookMs);
      tries.push({ off: tookMs - loadMs, most: Math.max(2, loadMs * 0.05) });
      await model.dispose();
      expect(await sample(loadSeconds, { model: "tiny-chat" })).toBeUndefined();
    }
    expect(close(), JSON.stringify(tries)).toHaveLength(1);

    const [first, second] = [await timedLoad(engine, modelPath), await timedLoad(engine, modelPath)];
    const longest = (await sample(loadSeconds, { model: "tiny-chat" }))! * 1000;
    expect(longest).toBeLessThanOrEqual(Math.max(first.tookMs, second.tookMs));
    expect(longest).toBeGreaterThan(Math.max(first.tookMs, second.tookMs) * 0.8);
    await Promise.all([first.model.dispose(), second.model.dispose()]);
  });

  test("is unknown of a model that was loaded before, whatever is instrumented then", async () => {
    const model = await loadTinyModel("chat");
    const { aiwatch, sample, registry } = createTestAiwatch();
    instrumentModel(await llama(), { aiwatch });
    instrumentModel(model, { aiwatch });
    expect(await sample("genai_app_model_memory_bytes", { model: "tiny-chat" })).toBe(model.size);
    expect(await sample(loadSeconds, { model: "tiny-chat" })).toBeUndefined();
    expect(await registry.metrics()).not.toContain(`${loadSeconds}{`);
    await model.dispose();
  });

  test("a load that fails is the engine's own error, and nothing is shown", async () => {
    const engine = await llama();
    const modelPath = "no-such-file.gguf";
    const bare = await engine.loadModel({ modelPath }).catch((error: unknown) => error);
    const { aiwatch, diagnostics } = createTestAiwatch();
    instrumentModel(engine, { aiwatch });
    const observed = await engine.loadModel({ modelPath }).catch((error: unknown) => error);
    expect(observed).toEqual(bare);
    expect(hostOf(aiwatch).models.read().size).toBe(0);
    expect(diagnostics).toEqual([]);
  });
});

test("a clock that throws costs the load's time, and not the load", async () => {
  const engine = await llama();
  let isBroken = false;
  const clock = {
    now() {
      if (isBroken) throw new Error("no time");
      return performance.now();
    },
  };
  const { aiwatch, diagnostics, sample } = createTestAiwatch({ clock });
  instrumentModel(engine, { aiwatch });
  isBroken = true;
  const { model } = await timedLoad(engine, await ensureTinyModel({ variant: "chat" }));
  isBroken = false;
  expect(diagnostics.map(({ what }) => what)).toEqual(["reading the option clock", "reading the option clock"]);
  expect(await sample(loadSeconds, { model: "tiny-chat" })).toBeUndefined();
  expect(await sample("genai_app_model_memory_bytes", { model: "tiny-chat" })).toBe(model.size);
  await model.dispose();
});

describe("what a model is", () => {
  test.each(["chat", "embedding", "ranking"] as const)("%s: as its file says", async (variant) => {
    const { metadata, tensorInfo } = await readGgufFileInfo(await ensureTinyModel({ variant }), { logWarnings: false });
    const { architecture, file_type } = metadata.general;
    const section = Reflect.get(metadata, architecture) as { readonly context_length: number };
    const elements = tensorInfo!.map(({ dimensions }) => dimensions.reduce<number>((n, size) => n * Number(size), 1));
    // https://github.com/ggml-org/llama.cpp/blob/master/include/llama.h: LLAMA_FTYPE_MOSTLY_F16 = 1
    expect(file_type).toBe(1);

    const model = await loadTinyModel(variant);
    const { aiwatch, sample } = createTestAiwatch();
    instrumentModel(model, { aiwatch });
    const labels = {
      model: `tiny-${variant}`,
      architecture,
      quantization: "F16",
      parameters: String(elements.reduce((sum, count) => sum + count, 0)),
      gpu: "cpu",
      context_train: String(section.context_length),
    };
    expect(architecture).toBe(variant === "ranking" ? "qwen3" : "llama");
    expect(await sample("genai_app_llamacpp_model_info", labels)).toBe(1);
    await model.dispose();
    expect(await sample("genai_app_llamacpp_model_info", labels)).toBeUndefined();
  });
});
