import { createTestAiwatch } from "@aiwatch/core/testing";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { kvRowBytesOf, tensorBytesOf } from "../test-support/gguf-truth.ts";
import { hostOf } from "../test-support/host.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";

async function observed(options: Parameters<typeof tinyContext>[0] = {}, variant: "chat" | "endless" = "chat") {
  const context = await tinyContext(options, variant);
  const seen = createTestAiwatch();
  const contextSequence = context.getSequence();
  const session = instrumentModel(newSession(contextSequence), { aiwatch: seen.aiwatch });
  return { ...seen, context, session, sequence: contextSequence };
}

test("the context's size, batch and threads are llama.cpp's own", async () => {
  const { context, sample } = await observed({ contextSize: 600, batchSize: 64 });
  const native = Reflect.get(context, "_ctx") as { getContextSize(): number; getThreads(): number };
  expect(native.getContextSize()).toBe(768);
  expect(await sample("genai_app_llamacpp_context_size", { model: "tiny-chat" })).toBe(native.getContextSize());
  expect(await sample("genai_app_llamacpp_batch_size", { model: "tiny-chat" })).toBe(64);
  expect(await sample("genai_app_llamacpp_threads_used", { model: "tiny-chat" })).toBe(native.getThreads());
  await context.dispose();
});

test("the model's memory is the sum of its file's tensors", async () => {
  const { context, sample } = await observed();
  const bytes = await tensorBytesOf(await ensureTinyModel({ variant: "chat" }));
  expect(await sample("genai_app_model_memory_bytes", { model: "tiny-chat" })).toBe(bytes);
  await context.dispose();
});

test("memory per token is the KV cache's rows, and what its state grows by", async () => {
  const { context, session, sequence, sample } = await observed({}, "endless");
  const perToken = await sample("genai_app_llamacpp_memory_per_token_bytes", { model: "tiny-endless" });
  expect(perToken).toBe(await kvRowBytesOf(await ensureTinyModel({ variant: "endless" })));
  const points: { tokens: number; bytes: number }[] = [];
  for (const maxTokens of [10, 60, 120]) {
    await session.prompt(prompt, { maxTokens });
    points.push({ tokens: sequence.contextTokens.length, bytes: context.stateSize });
  }
  const [first, last] = [points[0]!, points.at(-1)!];
  const slope = (last.bytes - first.bytes) / (last.tokens - first.tokens);
  expect(slope / perToken!).toBeGreaterThan(0.95);
  expect(slope / perToken!).toBeLessThan(1.05);
  await context.dispose();
});

test("threads are those in use while a batch is decoded", async () => {
  const { context, session, sample } = await observed();
  let reading: Promise<number | undefined> | undefined;
  await session.prompt(prompt, {
    maxTokens: 4,
    onToken: () => {
      reading ??= sample("genai_app_llamacpp_threads_used", { model: "tiny-chat" });
    },
  });
  expect(await reading).toBe(context.currentThreads);
  await context.dispose();
});

const gauge = (name: string) => `genai_app_llamacpp_${name}`;
const labels = { model: "tiny-endless" };

test("the KV cache's use is the fullest sequence's, and the tokens are those of all", async () => {
  const context = await tinyContext({ contextSize: 1024, sequences: 3 }, "endless");
  const { aiwatch, sample } = createTestAiwatch();
  instrumentModel(context, { aiwatch });
  const sequences = [context.getSequence(), context.getSequence()];
  for (const [index, contextSequence] of sequences.entries()) {
    await newSession(contextSequence).prompt(prompt, { maxTokens: 10 + 30 * index });
  }
  const [first, second] = sequences.map(({ nextTokenIndex }) => nextTokenIndex);
  expect(second!).toBeGreaterThan(first!);
  expect(await sample(gauge("kv_cache_usage_ratio"), labels)).toBe(second! / context.contextSize);
  expect(await sample(gauge("context_tokens"), labels)).toBe(first! + second!);

  await sequences[1]!.clearHistory();
  expect(await sample(gauge("kv_cache_usage_ratio"), labels)).toBe(first! / context.contextSize);
  expect(await sample(gauge("context_tokens"), labels)).toBe(first!);
  sequences[0]!.dispose();
  expect(await sample(gauge("kv_cache_usage_ratio"), labels)).toBe(0);
  await context.dispose();
  expect(await sample(gauge("kv_cache_usage_ratio"), labels)).toBeUndefined();
});

test("the KV cache's use is that of the very moment, in the midst of an answer, and with several sequences at work", async () => {
  const context = await tinyContext({ contextSize: 512, sequences: 2 }, "endless");
  const { aiwatch } = createTestAiwatch();
  instrumentModel(context, { aiwatch });
  const sequences = [context.getSequence(), context.getSequence()];
  const moments: unknown[] = [];
  const truths: unknown[] = [];
  const onToken = () => {
    const { contextTokens, kvCacheUsageRatio } = hostOf(aiwatch).models.read().get("tiny-endless")!;
    moments.push({ contextTokens, kvCacheUsageRatio });
    const indexes = sequences.map(({ nextTokenIndex }) => nextTokenIndex);
    truths.push({
      contextTokens: indexes[0]! + indexes[1]!,
      kvCacheUsageRatio: Math.max(...indexes) / context.contextSize,
    });
  };
  await Promise.all(
    sequences.map((contextSequence) => newSession(contextSequence).prompt(prompt, { maxTokens: 20, onToken })),
  );
  expect(moments.length).toBeGreaterThanOrEqual(40);
  expect(moments).toEqual(truths);
  await context.dispose();
});

test("sequences are active once they are given out, until they are disposed; of several contexts all", async () => {
  const contexts = await Promise.all([2, 3].map((sequences) => tinyContext({ sequences }, "endless")));
  const { aiwatch, sample } = createTestAiwatch();
  for (const context of contexts) instrumentModel(context, { aiwatch });
  const counts = async () => {
    const states = ["active", "free"].map((state) => sample(gauge("sequences"), { ...labels, state }));
    return Promise.all(states);
  };
  expect(await counts()).toEqual([0, 5]);
  const sequence = contexts[0]!.getSequence();
  contexts[1]!.getSequence();
  expect(await counts()).toEqual([2, 3]);
  sequence.dispose();
  expect(await counts()).toEqual([1, 4]);
  await contexts[1]!.dispose();
  expect(await counts()).toEqual([0, 2]);
  await contexts[0]!.dispose();
  expect(await counts()).toEqual([undefined, undefined]);
});

test("the contexts' memory is what the engine reckons, of all contexts", async () => {
  const contexts = await Promise.all([512, 1024].map((contextSize) => tinyContext({ contextSize }, "endless")));
  const { aiwatch, sample } = createTestAiwatch();
  for (const context of contexts) instrumentModel(context, { aiwatch });
  const bytes = contexts.map(({ memoryUsage }) => memoryUsage.ram + memoryUsage.vram);
  expect(Math.min(...bytes)).toBeGreaterThan(0);
  expect(await sample(gauge("context_memory_bytes"), labels)).toBe(bytes[0]! + bytes[1]!);
  await contexts[0]!.dispose();
  expect(await sample(gauge("context_memory_bytes"), labels)).toBe(bytes[1]);
  await contexts[1]!.dispose();
  expect(await sample(gauge("context_memory_bytes"), labels)).toBeUndefined();
});
