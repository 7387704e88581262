import type { InferenceRecord } from "@aiwatch/core";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { LlamaChatSession, LlamaContext } from "node-llama-cpp";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { median, timeNatively } from "../test-support/clock-truth.ts";
import { tinyContext } from "../test-support/engine.ts";
import { hostOf } from "../test-support/host.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";

async function observed(options: Parameters<typeof tinyContext>[0]) {
  const context = await tinyContext(options, "endless");
  const seen = createTestAiwatch();
  const contextSequence = context.getSequence();
  const session = instrumentModel(newSession(contextSequence), { aiwatch: seen.aiwatch });
  return { records: seen.inferences, context, session };
}

test("agree with the test's own clock within 2 ms or 5 %", async () => {
  const { context, session, records } = await observed({ contextSize: 2048 });
  const differences = await timedPrompts(context, session, records);
  for (const [name, { measured, off }] of Object.entries(differences)) {
    expect.soft(off, `${name} of ${measured} is off`).toBeLessThanOrEqual(allowed(name, measured));
  }
  // the three are one subtraction of the same clock readings
  for (const { firstTokenMs, queueMs, promptEvalMs } of records) {
    expect(firstTokenMs!).toBeCloseTo(queueMs! + promptEvalMs!, 9);
  }
  await context.dispose();
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
      durationMs: { measured: resolved - called, recorded: record.durationMs! },
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

test("the rate is live while tokens come: that of the test's own clock up to that moment", async () => {
  const context = await tinyContext({ contextSize: 1024 }, "endless");
  const native = timeNatively(context);
  const { aiwatch, sample, inferences } = createTestAiwatch();
  const session = instrumentModel(newSession(context.getSequence()), { aiwatch });
  const rate = () => hostOf(aiwatch).models.read().get("tiny-endless")?.tokensPerSecond;
  const off: number[] = [];
  expect(rate()).toBeUndefined();
  for (let run = 0; run < 5; run++) {
    native.samples.length = 0;
    const live: (number | undefined)[] = [];
    let tokens = 0;
    const options = {
      maxTokens: 60,
      onToken: (chunk: readonly unknown[]) => {
        tokens += chunk.length;
        live.push(rate());
        if (tokens !== 50) return;
        const { samples } = native;
        off.push(Math.abs(live.at(-1)! / (((samples.length - 1) * 1000) / (samples.at(-1)! - samples[0]!)) - 1));
      },
    };
    await session.prompt(prompt, options);
    // it moves with each token
    expect(new Set(live).size).toBeGreaterThan(40);
    expect(rate()).toBe(inferences[run]!.tokensPerSecond);
  }
  expect(median(off)).toBeLessThan(0.05);
  expect(await sample("genai_app_llamacpp_tokens_per_second", { model: "tiny-endless" })).toBe(rate());
  await context.dispose();
});

test("the rate of two answers at once is their sum", async () => {
  const context = await tinyContext({ contextSize: 1024, sequences: 2 }, "endless");
  const { aiwatch, inferences } = createTestAiwatch();
  instrumentModel(context, { aiwatch });
  const live: number[] = [];
  const sessions = [0, 1].map(() => newSession(context.getSequence()));
  const onToken = () => {
    live.push(hostOf(aiwatch).models.read().get("tiny-endless")?.tokensPerSecond ?? 0);
  };
  await Promise.all(sessions.map((session) => session.prompt(prompt, { maxTokens: 60, onToken })));
  const [first, second] = inferences.map(({ tokensPerSecond }) => tokensPerSecond!);
  // in the middle both run in lockstep, at about the rates that they ended with: the sum is nearer to twice one of them than to one
  expect(live[60]!).toBeGreaterThan(1.5 * Math.min(first!, second!));
  await context.dispose();
});
