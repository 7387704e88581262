import { setTimeout as sleep } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { median } from "../test-support/clock-truth.ts";
import { tinyContext } from "../test-support/engine.ts";
import { watchNatively } from "../test-support/native-batches.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";

async function observed(variant: "chat" | "endless") {
  const context = await tinyContext({ contextSize: 1024 }, variant);
  const native = watchNatively(context);
  const sequence = context.getSequence();
  const seen = createTestAiwatch();
  instrumentModel(sequence, { aiwatch: seen.aiwatch });
  return { ...seen, context, native, sequence };
}

/** What a consumer measured that asks for one token after the other. */
interface Consumed {
  /** From each asking to the token, the first one left out. */
  readonly gaps: readonly number[];
  /** What it did itself between two tokens. */
  readonly pausedMs: number;
  /** From the first token to the end. */
  readonly afterFirstMs: number;
  readonly tokens: readonly Token[];
}

async function consume(sequence: LlamaContextSequence, input: Token[], limit: number, pauseMs = 0): Promise<Consumed> {
  const generator = sequence.evaluate(input);
  const gaps: number[] = [];
  const tokens: Token[] = [];
  let pausedMs = 0;
  let firstAt: number | undefined;
  for (;;) {
    const asked = performance.now();
    const { value, done } = await generator.next();
    const came = performance.now();
    if (firstAt === undefined) firstAt = came;
    else gaps.push(came - asked);
    if (done === true || value === undefined) break;
    tokens.push(value);
    if (tokens.length === limit) break;
    if (pauseMs > 0) await sleep(pauseMs);
    pausedMs += performance.now() - came;
  }
  await generator.return();
  return { gaps, pausedMs, afterFirstMs: performance.now() - firstAt, tokens };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe("the gaps between tokens", () => {
  test("are those that the consumer waited, one fewer than the tokens", async () => {
    const { context, sequence, inferences, sample } = await observed("endless");
    const tokens = 80;
    const off: number[] = [];
    for (let run = 0; run < 5; run++) {
      const { gaps } = await consume(sequence, context.model.tokenize(prompt), tokens);
      const record = inferences[run]!;
      expect(record.outputTokens).toBe(tokens);
      expect(record.tokenGaps!.count).toBe(tokens - 1);
      expect(sumOf(record.tokenGaps!.buckets as number[])).toBe(tokens - 1);
      // ours lies inside the consumer's own waiting: its turn comes later than ours
      expect(record.tokenGaps!.sumMs).toBeLessThan(sumOf(gaps));
      off.push(1 - record.tokenGaps!.sumMs / sumOf(gaps));
    }
    // what is left is the `evaluate` generator around the engine's own, a few microtasks a token
    expect(median(off)).toBeLessThan(0.05);
    const labels = { model: "tiny-endless" };
    const gapCount = await sample("genai_app_inter_token_latency_seconds_count", labels);
    const gapSum = await sample("genai_app_inter_token_latency_seconds_sum", labels);
    expect(gapCount).toBe(5 * (tokens - 1));
    expect(gapSum!).toBeCloseTo(sumOf(inferences.map(({ tokenGaps }) => tokenGaps!.sumMs)) / 1000, 9);
    await context.dispose();
  });

  test("of a chat lie between the engine's own work and the time from first to last token", async () => {
    const { context, sequence, inferences, native } = await observed("endless");
    const session = newSession(sequence);
    await session.prompt(prompt, { maxTokens: 60 });
    const { tokenGaps, decodeMs } = inferences[0]!;
    // each token's batch → sampled
    const begun = native.decoded.slice(1).map(([part]) => part!.at);
    const engineMs = sumOf(begun.map((at, index) => native.sampledAt[index + 1]! - at));
    expect(tokenGaps!.count).toBe(59);
    expect(tokenGaps!.sumMs).toBeGreaterThan(engineMs);
    expect(tokenGaps!.sumMs).toBeLessThanOrEqual(decodeMs!);
    await context.dispose();
  });

  test("leave a slow consumer out, whom the time per output token shows", async () => {
    const { context, sequence, inferences, sample } = await observed("chat");
    const { gaps, pausedMs, afterFirstMs, tokens } = await consume(sequence, context.model.tokenize(prompt), 100, 30);
    const [record] = inferences;
    // it came to its end by itself: the end token was generated, too
    expect(record).toMatchObject({ finishReason: { unified: "stop" }, outputTokens: tokens.length + 1 });
    expect(record!.tokenGaps!.count).toBe(tokens.length);
    expect(record!.tokenGaps!.sumMs).toBeLessThan(sumOf(gaps));
    expect(pausedMs).toBeGreaterThan(tokens.length * 29);
    // of all that the consumer did, nothing: what the engine took is far less
    expect(record!.tokenGaps!.sumMs).toBeLessThan(pausedMs / 2);
    // (duration − time to first token) / (output tokens − 1)
    const tpot = (record!.durationMs! - record!.firstTokenMs!) / tokens.length;
    expect(record!.timePerOutputTokenMs!).toBeCloseTo(tpot, 9);
    expect(Math.abs(tpot - afterFirstMs / tokens.length)).toBeLessThan(1);
    expect(record!.timePerOutputTokenMs!).toBeGreaterThan(pausedMs / tokens.length);
    const sum = await sample("genai_app_time_per_output_token_seconds_sum", { model: "tiny-chat" });
    expect(sum!).toBeCloseTo(tpot / 1000, 9);
    await context.dispose();
  });
});

describe("a stall of the process for 150 ms", () => {
  const stallMs = 150;
  const stall = () => {
    const until = performance.now() + stallMs;
    while (performance.now() < until);
  };
  // the loop is looked at every 20 ms: the look that comes late was due at most that much after the stall began
  const seenMs = stallMs - 20;

  test("in a callback is in the event-loop delay, and in no gap", async () => {
    const { context, sequence, inferences, sample } = await observed("endless");
    const session = newSession(sequence);
    const began = performance.now();
    let count = 0;
    await session.prompt(prompt, {
      maxTokens: 20,
      onToken: () => {
        count += 1;
        if (count === 10) stall();
      },
    });
    const tookMs = performance.now() - began;
    const { eventLoopDelayMs, tokenGaps, durationMs } = inferences[0]!;
    expect(eventLoopDelayMs!).toBeGreaterThanOrEqual(seenMs);
    expect(eventLoopDelayMs!).toBeLessThanOrEqual(tookMs);
    expect(tokenGaps!.sumMs).toBeLessThanOrEqual(durationMs! - stallMs);
    expect((await sample("genai_app_event_loop_delay_seconds_sum"))!).toBeGreaterThanOrEqual(seenMs / 1000);
    await context.dispose();
  });

  test("while a token is awaited is in that token's gap, too", async () => {
    const { context, sequence, inferences, native } = await observed("endless");
    const session = newSession(sequence);
    native.beforeDecode = (batch) => {
      if (batch === 10) stall();
    };
    await session.prompt(prompt, { maxTokens: 20 });
    const { eventLoopDelayMs, tokenGaps } = inferences[0]!;
    expect(eventLoopDelayMs!).toBeGreaterThanOrEqual(seenMs);
    expect(tokenGaps!.maxMs).toBeGreaterThanOrEqual(stallMs);
    await context.dispose();
  });

  test("before the call is not the call's", async () => {
    const { context, sequence, inferences } = await observed("endless");
    const session = newSession(sequence);
    stall();
    await session.prompt(prompt, { maxTokens: 20 });
    expect(inferences[0]!.eventLoopDelayMs ?? 0).toBeLessThan(inferences[0]!.durationMs!);
    await context.dispose();
  });
});
