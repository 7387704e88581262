import { catalogue } from "@aiwatch/core";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { LlamaContext } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { decodedTokens, type NativeBatches, sequenceIdOf, watchNatively } from "../test-support/native-batches.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";
const labels = { model: "tiny-endless" };
const histogram = "genai_app_llamacpp_decode_batch_tokens";
const counter = "genai_app_llamacpp_prompt_eval_tokens_total";

async function watched(options: Parameters<typeof tinyContext>[0]) {
  const context = await tinyContext({ contextSize: 1024, ...options }, "endless");
  return { context, native: watchNatively(context), ...createTestAiwatch() };
}

const sizesOf = ({ decoded }: NativeBatches) =>
  decoded.map((parts) => parts.reduce((sum, { tokens }) => sum + tokens.length, 0));

type Sample = Awaited<ReturnType<typeof watched>>["sample"];

/** The whole histogram, against the sizes of the native batches. */
async function expectBatches(sample: Sample, sizes: readonly number[]): Promise<void> {
  for (const le of [...catalogue.decodeBatchTokens.bounds, Number.POSITIVE_INFINITY]) {
    const label = le === Number.POSITIVE_INFINITY ? "+Inf" : le;
    const expected = sizes.filter((size) => size <= le).length;
    expect(await sample(`${histogram}_bucket`, { ...labels, le: label }), `bucket ${label}`).toBe(expected);
  }
  expect(await sample(`${histogram}_count`, labels)).toBe(sizes.length);
  expect(await sample(`${histogram}_sum`, labels)).toBe(sizes.reduce((sum, size) => sum + size, 0));
}

describe("the batches", () => {
  test("of several sequences, and of prompts longer than a batch, are the native ones", async () => {
    const { context, native, aiwatch, sample, inferences } = await watched({ sequences: 3, batchSize: 48 });
    instrumentModel(context, { aiwatch });
    const prompts = [`${prompt} `.repeat(20), prompt, `${prompt} `.repeat(9)];
    const sequences = prompts.map(() => context.getSequence());
    await Promise.all(
      sequences.map((contextSequence, index) =>
        newSession(contextSequence).prompt(prompts[index]!, { maxTokens: 10 + index }),
      ),
    );
    const sizes = sizesOf(native);
    const shared = native.decoded.filter((parts) => new Set(parts.map(({ sequenceId }) => sequenceId)).size > 1);
    expect(shared.length).toBeGreaterThan(0);
    expect(Math.max(...sizes)).toBe(48);
    await expectBatches(sample, sizes);
    for (const [index, sequence] of sequences.entries()) {
      const record = inferences.find(({ parameters }) => parameters.maxTokens === 10 + index)!;
      // the last token is never evaluated
      expect(record.promptEvalTokens).toBe(decodedTokens(native, sequenceIdOf(sequence)) - (9 + index));
    }
    await context.dispose();
  });

  test("hold the tokens of unobserved sequences, too, whose inferences stay unobserved", async () => {
    const { context, native, aiwatch, sample, inferences } = await watched({ sequences: 2 });
    const unobserved = newSession(context.getSequence());
    const session = instrumentModel(newSession(context.getSequence()), { aiwatch });
    await Promise.all([
      unobserved.prompt(`${prompt} `.repeat(9), { maxTokens: 12 }),
      session.prompt(prompt, { maxTokens: 6 }),
    ]);
    await expectBatches(sample, sizesOf(native));
    expect(inferences).toHaveLength(1);
    expect(inferences[0]!.promptEvalTokens).toBe(decodedTokens(native, sequenceIdOf(session.sequence)) - 5);
    await context.dispose();
  });

  test("are recorded once, however many sessions and objects of the context are observed", async () => {
    const { context, native, aiwatch, sample } = await watched({ sequences: 2 });
    const sessions = [0, 1].map(() => newSession(context.getSequence()));
    for (const target of [...sessions, context, ...sessions.map(({ sequence }) => sequence), context.model]) {
      instrumentModel(target, { aiwatch });
    }
    await Promise.all(sessions.map((session) => session.prompt(prompt, { maxTokens: 5 })));
    await expectBatches(sample, sizesOf(native));
    await context.dispose();
    uninstrument(context.model);
  });
});

describe("prompt tokens that were evaluated", () => {
  const long = `${prompt} `.repeat(60);

  /** How each of several prompts ends, by how many batches had been decoded. */
  async function stopAfter(batches: number, stop: (context: LlamaContext, controller: AbortController) => unknown) {
    const seen = await watched({ batchSize: 64 });
    const { context, native } = seen;
    instrumentModel(context, { aiwatch: seen.aiwatch });
    const session = newSession(context.getSequence());
    const controller = new AbortController();
    native.beforeDecode = (batch) => {
      if (batch === batches) stop(context, controller);
    };
    const failed = await session.prompt(long, { maxTokens: 5, signal: controller.signal }).then(
      () => false,
      () => true,
    );
    return { ...seen, failed };
  }

  test("are the native ones where the prompt is aborted in the midst of it", async () => {
    const { inferences, native, sample, failed, context } = await stopAfter(2, (_, controller) => controller.abort());
    expect(failed).toBe(true);
    const [record] = inferences;
    // the engine goes on to the first token, which nobody gets
    expect(record!.finishReason.unified).toBe("aborted");
    const generated = Math.max(0, (record!.outputTokens ?? 0) - 1);
    expect(record!.promptEvalTokens).toBe(decodedTokens(native) - generated);
    expect(record!.undeliveredTokens).toBe(record!.outputTokens);
    expect(await sample(counter, labels)).toBe(record!.promptEvalTokens);
    await context.dispose();
  });

  test("are only those that were decoded where the context is disposed in the midst of the prompt", async () => {
    const disposals: Promise<void>[] = [];
    const { inferences, native, sample, failed } = await stopAfter(3, (context) => disposals.push(context.dispose()));
    expect(failed).toBe(true);
    await Promise.all(disposals);
    const [record] = inferences;
    expect(record!.failure).toEqual({ type: "disposed" });
    expect(native.decoded).toHaveLength(3);
    expect(record!.promptEvalTokens).toBe(decodedTokens(native));
    expect(record!.promptTokens!).toBeGreaterThan(record!.promptEvalTokens!);
    expect(record!.outputTokens).toBe(0);
    expect(await sample(counter, labels)).toBe(3 * 64);
  });

  test("leave out what was cached, from one prompt to the next", async () => {
    const { context, native, aiwatch, inferences, sample } = await watched({});
    const session = instrumentModel(newSession(context.getSequence()), { aiwatch });
    let before = 0;
    for (const text of [prompt, "Tell me more", "Why?"]) {
      await session.prompt(text, { maxTokens: 8 });
      const record = inferences.at(-1)!;
      const decoded = decodedTokens(native) - before;
      before += decoded;
      expect(record.promptEvalTokens).toBe(decoded - 7);
      expect(record.promptTokens! - record.cachedPromptTokens!).toBe(record.promptEvalTokens);
    }
    expect(await sample(counter, labels)).toBe(decodedTokens(native) - 3 * 7);
    await context.dispose();
  });

  test("count again what a context shift evaluates again, which is no new prompt", async () => {
    const { context, native, aiwatch, inferences, sample } = await watched({ contextSize: 512 });
    const session = instrumentModel(newSession(context.getSequence()), { aiwatch });
    await session.prompt(prompt, { maxTokens: 700 });
    const [record] = inferences;
    expect(record!.contextShifts!).toBeGreaterThan(0);
    expect(await sample("genai_app_llamacpp_context_shifts_total", labels)).toBe(record!.contextShifts);
    expect(record!.promptEvalTokens!).toBeGreaterThan(record!.promptTokens!);
    // every generated token but the last, and those before a shift, which came back in its prompt, was evaluated once as a token
    const [evaluated, generated] = [decodedTokens(native), native.sampledAt.length];
    expect(record!.outputTokens).toBe(generated);
    expect(record!.promptEvalTokens! + generated - 1 - record!.contextShifts!).toBe(evaluated);
    await context.dispose();
  });
});
