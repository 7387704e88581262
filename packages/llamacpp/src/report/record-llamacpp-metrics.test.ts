import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, test } from "vitest";
import { hostOf } from "../test-support/host.ts";
import { type LlamaCppFigures, RecordLlamaCppMetrics, recordLlamaCppMetrics } from "./record-llamacpp-metrics.ts";

const model = "my model";
const metric = (name: string) => `genai_app_llamacpp_${name}`;

test("every figure is its metric, and what is left out keeps what it was", async () => {
  const { aiwatch, sample, diagnostics } = createTestAiwatch();
  recordLlamaCppMetrics(
    {
      model,
      contextSize: 4096,
      promptEvalMs: 250,
      tokensPerSecond: 31.5,
      memoryPerTokenBytes: 131_072,
      threadsUsed: 6,
      batchSize: 512,
    },
    { aiwatch },
  );
  recordLlamaCppMetrics({ model, promptEvalMs: 750, threadsUsed: 4 }, { aiwatch });
  expect(await sample(metric("context_size"), { model })).toBe(4096);
  expect(await sample(metric("tokens_per_second"), { model })).toBe(31.5);
  expect(await sample(metric("memory_per_token_bytes"), { model })).toBe(131_072);
  expect(await sample(metric("threads_used"), { model })).toBe(4);
  expect(await sample(metric("batch_size"), { model })).toBe(512);
  expect(await sample(metric("prompt_eval_seconds_sum"), { model })).toBe(1);
  expect(await sample(metric("prompt_eval_seconds_count"), { model })).toBe(2);
  expect(diagnostics).toEqual([]);
});

test("what is undefined is left out, for the types, too", async () => {
  const { aiwatch, sample, diagnostics } = createTestAiwatch();
  const unknown: number | undefined = undefined;
  recordLlamaCppMetrics({ model, contextSize: unknown, threadsUsed: 4 }, { aiwatch });
  expect(await sample(metric("context_size"), { model })).toBeUndefined();
  expect(await sample(metric("threads_used"), { model })).toBe(4);
  expect(diagnostics).toEqual([]);
});

test("0 is a value", async () => {
  const { aiwatch, sample } = createTestAiwatch();
  recordLlamaCppMetrics({ model, tokensPerSecond: 0 }, { aiwatch });
  expect(await sample(metric("tokens_per_second"), { model })).toBe(0);
});

test.each([
  [Number.NaN, "NaN"],
  [-1, "a negative number"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  ["8", "a string"],
  [null, "null"],
])("%s is reported by field and value, and the other fields are recorded", async (value, words) => {
  const { aiwatch, sample, diagnostics } = createTestAiwatch();
  const figures = { model, promptEvalMs: value, threadsUsed: 8 } as LlamaCppFigures;
  recordLlamaCppMetrics(figures, { aiwatch });
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]).toMatchObject({
    source: "adapter",
    what: expect.stringContaining(`promptEvalMs is ${words}`),
  });
  expect(await sample(metric("prompt_eval_seconds_count"), { model })).toBeUndefined();
  expect(await sample(metric("threads_used"), { model })).toBe(8);
});

test.each([[""], [" "], [undefined], [7], [null]])("a model named %s is reported, and nothing is thrown", (name) => {
  const { aiwatch, diagnostics } = createTestAiwatch();
  recordLlamaCppMetrics({ model: name, threadsUsed: 8 } as unknown as LlamaCppFigures, { aiwatch });
  recordLlamaCppMetrics(undefined as unknown as LlamaCppFigures, { aiwatch });
  expect(diagnostics.map(({ what }) => what)).toEqual([
    expect.stringContaining("model is"),
    expect.stringContaining("model is undefined"),
  ]);
  expect(hostOf(aiwatch).models.read().size).toBe(0);
});

test("nothing is recorded where AIWatch is disabled", () => {
  const { aiwatch } = createTestAiwatch({ disabled: true });
  recordLlamaCppMetrics({ model, threadsUsed: 8 }, { aiwatch });
  expect(hostOf(aiwatch).models.read().size).toBe(0);
});

test("its rate and its prompt evaluations are llama.cpp's, of a model that another engine runs besides", async () => {
  const { aiwatch, sample } = createTestAiwatch();
  aiwatch.startInference({ model, provider: "ollama" }).end({ unified: "stop" });
  recordLlamaCppMetrics({ model, tokensPerSecond: 5, promptEvalMs: 100, threadsUsed: 2 }, { aiwatch });
  expect(await sample(metric("tokens_per_second"), { model })).toBe(5);
  expect(await sample(metric("prompt_eval_seconds_count"), { model })).toBe(1);
  expect(await sample(metric("threads_used"), { model })).toBe(2);
});

test("it has both names", () => {
  expect(RecordLlamaCppMetrics).toBe(recordLlamaCppMetrics);
});
