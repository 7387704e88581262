import { createTestAiwatch } from "@aiwatch/core/testing";
import { summaryFaults } from "@aiwatch/testkit";
import { afterEach, expect, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { llama, loadTinyModel } from "../test-support/engine.ts";
import { newSession } from "../test-support/sessions.ts";
import { recordLlamaCppMetrics } from "./record-llamacpp-metrics.ts";

afterEach(async () => uninstrument(await llama()));

test("the Go system's front end can read every figure of a real model, at any time of its life", async () => {
  let later = 0;
  const { aiwatch } = createTestAiwatch({ clock: { now: () => performance.now() + later } });
  const shown = () => {
    const summary = JSON.parse(JSON.stringify(aiwatch.summary()));
    expect(summaryFaults(summary)).toEqual([]);
    return summary.llamaCppMetrics;
  };
  instrumentModel(await llama(), { aiwatch });
  expect(shown()).toBe(undefined);

  const model = await loadTinyModel("chat");
  expect(shown()).toBe(undefined);

  const vectors = await model.createEmbeddingContext({ contextSize: 256, threads: 1 });
  await vectors.getEmbeddingFor("hello");
  expect(shown()).toMatchObject({ model: "tiny-chat", contextSize: 256, tokensPerSecond: 0, promptEvalTime: 0 });
  await vectors.dispose();

  const context = await model.createContext({ contextSize: 512, threads: 1 });
  const session = newSession(context.getSequence());
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(session.prompt("hello", { signal: stopped, maxTokens: 4 })).rejects.toThrow();
  expect(shown()).toMatchObject({ contextSize: 512, tokensPerSecond: 0 });

  await session.prompt("hello", { maxTokens: 8 });
  const answered = shown();
  for (const figure of ["tokensPerSecond", "promptEvalTime", "memoryPerToken", "threadsUsed", "batchSize"]) {
    expect([figure, answered[figure] > 0]).toEqual([figure, true]);
  }
  later = 61_000;
  expect(shown()).toEqual({ ...answered, tokens_per_second: 0, tokensPerSecond: 0 });

  const second = await loadTinyModel("chat");
  expect(shown().contextSize).toBe(512);
  await Promise.all([model.dispose(), second.dispose()]);
  expect(shown()).toBe(undefined);
});

test("figures that the app measured itself are shown as a llama.cpp model's, each of them a number", () => {
  const { aiwatch } = createTestAiwatch();
  recordLlamaCppMetrics({ model: "mine", contextSize: 8192, tokensPerSecond: 42.5 }, { aiwatch });
  const { llamaCppMetrics, models } = aiwatch.summary();
  expect(summaryFaults(aiwatch.summary())).toEqual([]);
  expect(llamaCppMetrics).toMatchObject({ model: "mine", tokensPerSecond: 42.5, contextSize: 8192, batchSize: 0 });
  expect(models).toEqual([{ model: "mine", modelType: "llama.cpp", contextSize: 8192, tokensPerSecond: 42.5 }]);
});
