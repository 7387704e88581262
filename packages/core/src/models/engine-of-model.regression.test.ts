import { describe, expect, it } from "vitest";
import { createAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { idleAfterMs } from "./live-inferences.ts";

function setUp() {
  const clock = fakeClock();
  const test = createTestAiwatch({ clock });
  const of = (name: string) => test.sample(`genai_app_${name}`, { model: "m" });
  const rates = async () => [await of("tokens_per_second"), await of("llamacpp_tokens_per_second")];
  const evaluations = () => of("llamacpp_prompt_eval_seconds_count");
  const infer = (provider: string) => test.aiwatch.startInference({ model: "m", provider }).end({ unified: "stop" });
  return { ...test, clock, of, rates, evaluations, infer };
}

/** Who said that something else than llama.cpp runs the model. */
const elsewhere: [string, (test: ReturnType<typeof setUp>) => void][] = [
  ["an earlier report", ({ aiwatch }) => aiwatch.reportModel("m", { modelType: "ollama" })],
  ["the model itself", ({ aiwatch }) => void hostOf(aiwatch).models.watch("m", () => ({ modelType: "ollama" }))],
  ["its inferences", ({ infer }) => infer("ollama")],
  [
    "the model itself, whatever was reported",
    ({ aiwatch }) => {
      aiwatch.reportModel("m", { modelType: "llama.cpp" });
      hostOf(aiwatch).models.watch("m", () => ({ modelType: "ollama" }));
    },
  ],
];

describe("a figure without the engine's name, of a model that another engine runs", () => {
  it.each(elsewhere)("is not llama.cpp's: %s says so", async (_who, say) => {
    const test = setUp();
    say(test);
    test.aiwatch.reportModel("m", { tokensPerSecond: 5, promptEvalMs: 100, contextSize: 10 });
    expect(await test.rates()).toEqual([5, undefined]);
    expect(await test.evaluations()).toBe(undefined);
    expect(await test.of("llamacpp_context_size")).toBe(undefined);
    expect(test.aiwatch.summary().llamaCppMetrics).toBe(undefined);
  });

  it.each(elsewhere.slice(0, 3))("is not llama.cpp's any more, once %s says so", async (_who, say) => {
    const test = setUp();
    test.aiwatch.reportModel("m", { tokensPerSecond: 5 });
    expect(await test.rates()).toEqual([5, 5]);
    say(test);
    expect(await test.rates()).toEqual([5, undefined]);
  });
});

describe("a rate that a model tells itself", () => {
  it.each([["llama.cpp"], [undefined]])("is llama.cpp's, where %s runs it", async (modelType) => {
    const { aiwatch, rates } = setUp();
    hostOf(aiwatch).models.watch("m", () => ({
      tokensPerSecond: 12,
      contextSize: 10,
      ...(modelType && { modelType }),
    }));
    expect(await rates()).toEqual([12, 12]);
    expect(aiwatch.summary().llamaCppMetrics).toMatchObject({ tokensPerSecond: 12 });
  });

  it("is not, where another engine does", async () => {
    const { aiwatch, rates } = setUp();
    hostOf(aiwatch).models.watch("m", () => ({ tokensPerSecond: 12, modelType: "ollama" }));
    expect(await rates()).toEqual([12, undefined]);
  });

  it("wins over a reported one, and yields to that of our inferences", async () => {
    const { aiwatch, rates, clock } = setUp();
    aiwatch.reportModel("m", { tokensPerSecond: 5 });
    hostOf(aiwatch).models.watch("m", () => ({ tokensPerSecond: 12 }));
    expect(await rates()).toEqual([12, 12]);
    const inference = aiwatch.startInference({ model: "m" });
    inference.token();
    clock.advance(500);
    inference.token();
    expect(await rates()).toEqual([2, 2]);
  });
});

it("a value that comes with its engine's name is that engine's, whatever else runs the model", async () => {
  const { aiwatch, rates, evaluations, infer } = setUp();
  infer("ollama");
  aiwatch.reportModel("m", { modelType: "llama.cpp", tokensPerSecond: 5, promptEvalMs: 100 });
  expect(await rates()).toEqual([5, 5]);
  expect(await evaluations()).toBe(1);
});

it("a model whose engine has no name that can be read is llama.cpp's in every row", async () => {
  const { aiwatch, rates, evaluations } = setUp();
  aiwatch.reportModel("m", { modelType: 5 as never, tokensPerSecond: 5, promptEvalMs: 100 });
  expect(await rates()).toEqual([5, 5]);
  expect(await evaluations()).toBe(1);
});

it("a second instance on the registry with a clock of its own has its rates for a minute, by that clock", async () => {
  const { registry, rates } = setUp();
  const clock = fakeClock();
  clock.advance(1e12);
  const second = createAiwatch({ registry, clock });
  const lasts = async (rate: number) => {
    expect(await rates()).toEqual([rate, rate]);
    clock.advance(idleAfterMs);
    expect(await rates()).toEqual([rate, rate]);
    clock.advance(1);
    expect(await rates()).toEqual([undefined, undefined]);
  };
  const inference = second.startInference({ model: "m" });
  inference.token();
  clock.advance(100);
  inference.token();
  await lasts(10);
  inference.token();
  inference.end({ unified: "stop" });
  await lasts(2000 / (idleAfterMs + 101));
  second.reportModel("m", { tokensPerSecond: 5 });
  await lasts(5);
});
