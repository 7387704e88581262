import { describe, expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { catalogue } from "../catalogue/index.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { idleAfterMs } from "./live-inferences.ts";

const ofLlamaCpp: readonly string[] = Object.values(catalogue)
  .map(({ name }) => name)
  .filter((name) => name.startsWith("genai_app_llamacpp_"));

function setUp() {
  const clock = fakeClock();
  const test = createTestAiwatch({ clock });
  /** An inference of three tokens, 100 ms apart: 10 tokens a second. */
  const decode = (provider?: string, model = "m") => {
    const inference = test.aiwatch.startInference({ model, ...(provider !== undefined && { provider }) });
    inference.evaluationBegun();
    inference.promptTokens(5);
    inference.prefilled(5);
    inference.contextShift();
    for (let token = 0; token < 3; token += 1) {
      clock.advance(100);
      inference.token();
    }
    return inference;
  };
  const rates = async (model = "m") => [
    await test.sample("genai_app_tokens_per_second", { model }),
    await test.sample("genai_app_llamacpp_tokens_per_second", { model }),
  ];
  /** The names of llama.cpp's metrics that have a series. */
  const shown = async () => {
    const metrics = await test.registry.getMetricsAsJSON();
    return metrics
      .filter(({ name, values }) => ofLlamaCpp.includes(name) && values.length > 0)
      .map(({ name }) => name)
      .sort();
  };
  return { ...test, clock, decode, rates, shown };
}

describe("the decode rate of an engine that is not llama.cpp", () => {
  it.each([
    ["while it runs", false],
    ["after its end", true],
  ])("has the neutral row, and that alone, %s", async (_when, ends) => {
    const { decode, rates, aiwatch } = setUp();
    const inference = decode("ollama");
    if (ends) inference.end({ unified: "stop" });
    expect(await rates()).toEqual([10, undefined]);
    expect(aiwatch.summary().models).toMatchObject([{ model: "m", tokensPerSecond: 10 }]);
  });

  it("is told beside llama.cpp's of the same model, each of its own", async () => {
    const { decode, rates, clock } = setUp();
    const [theirs, ours] = [decode("ollama"), decode()];
    expect(await rates()).toEqual([20, 10]);
    ours.end({ unified: "stop" });
    expect(await rates()).toEqual([10, 10]);
    clock.advance(idleAfterMs + 1);
    theirs.end({ unified: "stop" });
    expect(await rates()).toEqual([10, undefined]);
  });

  it("goes at rest, as llama.cpp's does", async () => {
    const { decode, rates, clock } = setUp();
    decode("ollama").end({ unified: "stop" });
    decode(undefined, "l").end({ unified: "stop" });
    clock.advance(idleAfterMs - 300);
    expect([await rates(), await rates("l")]).toEqual([
      [10, undefined],
      [10, 10],
    ]);
    clock.advance(301);
    expect([await rates(), await rates("l")]).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});

it("an engine that is not llama.cpp has none of llama.cpp's series, whatever it tells", async () => {
  const { decode, shown, aiwatch, sample } = setUp();
  const inference = decode("my-engine");
  inference.speculativeTokens({ used: 1, unused: 1, refuted: 1 });
  inference.end({ unified: "stop" });
  aiwatch.reportModel("m", {
    modelType: "my-engine",
    tokensPerSecond: 7,
    contextSize: 10,
    batchSize: 3,
    threadsUsed: 2,
    loadMs: 5,
    promptEvalMs: 6,
    kvCacheUsageRatio: 0.5,
    freeSequences: 1,
    info: { architecture: "a" },
    modelMemoryBytes: 9,
  });
  expect(await shown()).toEqual([]);
  expect(await sample("genai_app_model_memory_bytes", { model: "m" })).toBe(9);
  expect(await sample("genai_app_queue_seconds_count", { model: "m" })).toBe(1);
});

it("llama.cpp has them all, of an inference and of a report, named or not", async () => {
  const { decode, shown, rates, aiwatch } = setUp();
  const inference = decode();
  inference.speculativeTokens({ used: 1, unused: 1, refuted: 1 });
  inference.end({ unified: "stop" });
  aiwatch.reportModel("n", { tokensPerSecond: 7, promptEvalMs: 6 });
  aiwatch.reportModel("o", { tokensPerSecond: 8, modelType: "llama.cpp" });
  expect([await rates("n"), await rates("o")]).toEqual([
    [7, 7],
    [8, 8],
  ]);
  expect(await shown()).toEqual([
    "genai_app_llamacpp_context_shifts_total",
    "genai_app_llamacpp_prompt_eval_seconds",
    "genai_app_llamacpp_prompt_eval_tokens_total",
    "genai_app_llamacpp_speculative_tokens_total",
    "genai_app_llamacpp_tokens_per_second",
  ]);
});

it("a rate that was reported of another engine is no llama.cpp's on the app's own registry either", async () => {
  const { aiwatch: standIn } = setUp();
  const { aiwatch, sample } = createTestAiwatch();
  standIn.reportModel("m", { tokensPerSecond: 7, modelType: "my-engine" });
  standIn.reportModel("n", { tokensPerSecond: 8 });
  hostOf(standIn).yieldTo(hostOf(aiwatch));
  const of = (name: string, model: string) => sample(`genai_app_${name}`, { model });
  expect([await of("tokens_per_second", "m"), await of("llamacpp_tokens_per_second", "m")]).toEqual([7, undefined]);
  expect([await of("tokens_per_second", "n"), await of("llamacpp_tokens_per_second", "n")]).toEqual([8, 8]);
});

it("llama.cpp's own figures are kept of a model over the cap, and of one under way when the app's instance took over", async () => {
  const { decode, sample, aiwatch } = setUp();
  const { cap } = catalogue.inferences.labels.model;
  for (let n = 0; n < cap; n += 1) aiwatch.startInference({ model: `m${n}` }).abort();
  decode(undefined, "late").end({ unified: "stop" });
  const running = decode(undefined, "m0");
  hostOf(aiwatch).yieldTo(hostOf(createTestAiwatch().aiwatch));
  running.end({ unified: "stop" });
  for (const model of ["other", "m0"]) {
    expect(await sample("genai_app_llamacpp_prompt_eval_tokens_total", { model })).toBe(5);
    expect(await sample("genai_app_llamacpp_context_shifts_total", { model })).toBe(1);
    expect(await sample("genai_app_llamacpp_prompt_eval_seconds_count", { model })).toBe(1);
  }
});
