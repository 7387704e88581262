import type { InferenceRecord } from "@aiwatch/core";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { type ChatHistoryItem, LlamaChatSession, type LlamaContext, type Token } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { median, timeNatively } from "../test-support/clock-truth.ts";
import { tinyContext } from "../test-support/engine.ts";
import { kvRowBytesOf, tensorBytesOf } from "../test-support/gguf-truth.ts";

const prompt = "Tell me about the local model";
const sampling = { temperature: 0.8, seed: 7 };

/** The tokens that the chat's template makes of the history with one more prompt: asked of the tokenizer, not of the KV cache. */
function templateTokens(session: LlamaChatSession, text: string): Token[] {
  const chatHistory: ChatHistoryItem[] = [
    ...session.getChatHistory(),
    { type: "user", text },
    { type: "model", response: [] },
  ];
  const { contextText } = session.chatWrapper.generateContextState({ chatHistory });
  return contextText.tokenize(session.model.tokenizer);
}

function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  const different = a.findIndex((token, index) => token !== b[index]);
  return different < 0 ? a.length : different;
}

async function observed(options: Parameters<typeof tinyContext>[0] = {}, variant: "chat" | "endless" = "chat") {
  const context = await tinyContext(options, variant);
  const seen = createTestAiwatch();
  const contextSequence = context.getSequence();
  const session = instrumentModel(new LlamaChatSession({ contextSequence }), { aiwatch: seen.aiwatch });
  return { records: seen.inferences, sample: seen.sample, context, session, sequence: contextSequence };
}

describe("tokens", () => {
  test("prompt, cached and output tokens are those of the tokenizer and of the KV cache", async () => {
    const { session, sequence, records, context } = await observed();
    for (const text of [prompt, "Tell me more", prompt]) {
      const expected = templateTokens(session, text);
      const before = sequence.contextTokens;
      const delivered: Token[] = [];
      const { stopReason } = await session.promptWithMeta(text, {
        ...sampling,
        onToken: (tokens) => void delivered.push(...tokens),
      });
      const record = records.at(-1)!;
      expect(stopReason).toBe("eogToken");
      expect(record.promptTokens).toBe(expected.length);
      expect(record.cachedPromptTokens).toBe(commonPrefix(before, expected));
      expect(record.outputTokens).toBe(delivered.length + 1);
      expect(sequence.contextTokens).toEqual([...expected, ...delivered]);
    }
    expect(records).toHaveLength(3);
    expect(records[0]!.cachedPromptTokens).toBe(0);
    expect(records[1]!.cachedPromptTokens).toBeGreaterThan(0);
    await context.dispose();
  });

  test("a preloaded prompt is found cached by the prompt that follows", async () => {
    const { session, sequence, records, context, sample } = await observed();
    await session.preloadPrompt(prompt);
    const preloaded = sequence.contextTokens.length;
    await session.prompt(prompt, { ...sampling, maxTokens: 3 });
    const [preload, chat] = records;
    expect(preload).toMatchObject({ operation: "text_completion", promptTokens: preloaded, outputTokens: 0 });
    expect(chat).toMatchObject({ operation: "chat", cachedPromptTokens: preloaded, outputTokens: 3 });
    const input = { direction: "input", model: "tiny-chat" };
    const inputTokens = preload!.promptTokens! + chat!.promptTokens!;
    expect(await sample("genai_app_chat_tokens_total", input)).toBe(inputTokens);
    expect(await sample("genai_app_cached_prompt_tokens_total", { model: "tiny-chat" })).toBe(preloaded);
    await context.dispose();
  });
});

test("an answer longer than the context is counted to its last token", async () => {
  const { session, sequence, records, context } = await observed({ contextSize: 256 }, "endless");
  const prompted = templateTokens(session, prompt).length;
  let delivered = 0;
  await session.prompt(prompt, {
    maxTokens: 300,
    onToken: (tokens) => {
      delivered += tokens.length;
    },
  });
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ finishReason: { unified: "length" }, cachedPromptTokens: 0, outputTokens: 300 });
  expect(delivered).toBe(300);
  // the context was shifted: what it keeps was evaluated again, and is no new prompt
  expect(sequence.contextTokens.length).toBeLessThan(prompted + 299);
  expect(records[0]!.promptTokens).toBe(prompted);
  await context.dispose();
});

describe("readings", () => {
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
});

describe("times", () => {
  test("agree with the test's own clock within 2 ms or 5 %", async () => {
    const { context, session, records } = await observed({ contextSize: 2048 }, "endless");
    const differences = await timedPrompts(context, session, records);
    for (const [name, { measured, off }] of Object.entries(differences)) {
      expect.soft(off, `${name} of ${measured} is off`).toBeLessThanOrEqual(allowed(name, measured));
    }
    await context.dispose();
  });
});

/** Milliseconds may differ by 2, and all by 5 %. */
const allowed = (name: string, measured: number) =>
  Math.max(name === "tokensPerSecond" ? 0 : 2, Math.abs(measured) * 0.05);

interface Difference {
  readonly measured: number;
  readonly off: number;
}

/** Runs five prompts; what differs is the median's distance: one run may be interrupted between two clock readings. */
async function timedPrompts(
  context: LlamaContext,
  session: LlamaChatSession,
  records: readonly InferenceRecord[],
): Promise<Record<string, Difference>> {
  const native = timeNatively(context);
  const runs: Record<string, { measured: number; recorded: number }>[] = [];
  for (let run = 0; run < 5; run++) {
    // a long prompt with nothing cached: its evaluation takes many times what is allowed
    session.resetChatHistory();
    await session.sequence.clearHistory();
    native.decodes.length = 0;
    native.samples.length = 0;
    const called = performance.now();
    let delivered: number | undefined;
    await session.prompt(`${prompt} `.repeat(150 + run), {
      maxTokens: 60,
      onToken: () => {
        delivered ??= performance.now();
      },
    });
    const resolved = performance.now();
    const record = records.at(-1)!;
    const { decodes, samples } = native;
    const decoding = samples.at(-1)! - samples[0]!;
    runs.push({
      durationMs: { measured: resolved - called, recorded: record.durationMs },
      firstTokenMs: { measured: samples[0]! - called, recorded: record.firstTokenMs! },
      deliveredMs: { measured: delivered! - called, recorded: record.firstTokenMs! },
      promptEvalMs: { measured: samples[0]! - decodes[0]!, recorded: record.promptEvalMs! },
      decodeMs: { measured: decoding, recorded: record.decodeMs! },
      tokensPerSecond: { measured: (59 * 1000) / decoding, recorded: record.tokensPerSecond! },
    });
  }
  const names = Object.keys(runs[0]!);
  return Object.fromEntries(
    names.map((name) => {
      const pairs = runs.map((run) => run[name]!);
      const off = median(pairs.map(({ measured, recorded }) => Math.abs(measured - recorded)));
      return [name, { measured: median(pairs.map(({ measured }) => measured)), off }];
    }),
  );
}
