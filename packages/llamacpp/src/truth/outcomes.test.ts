import { setTimeout as sleep } from "node:timers/promises";
import type { Objectives } from "@aiwatch/core";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { LLamaChatPromptOptions } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { decodedTokens, watchNatively } from "../test-support/native-batches.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";
const model = "tiny-endless";

async function observed(slo?: Objectives) {
  const context = await tinyContext({ contextSize: 1024 }, "endless");
  const native = watchNatively(context);
  const seen = createTestAiwatch(slo === undefined ? {} : { slo });
  const contextSequence = context.getSequence();
  const session = instrumentModel(newSession(contextSequence), { aiwatch: seen.aiwatch });
  return { ...seen, context, native, session };
}

describe("objectives", () => {
  const name = "genai_app_slo_inferences_total";
  const hour = 3_600_000;
  const none = 0.001;

  async function judged(slo: Objectives | undefined) {
    const { session, sample, context } = await observed(slo);
    await session.prompt(prompt, { maxTokens: 5 });
    const outcomes = ["good", "bad"].map((outcome) => sample(name, { model, outcome }));
    await context.dispose();
    return Promise.all(outcomes);
  }

  test("that all hold are good, and one that does not is bad", async () => {
    expect(await judged({ firstTokenMs: hour, timePerOutputTokenMs: hour, latencyMs: hour })).toEqual([1, 0]);
    for (const missed of ["firstTokenMs", "timePerOutputTokenMs", "latencyMs"]) {
      expect(await judged({ firstTokenMs: hour, latencyMs: hour, [missed]: none }), missed).toEqual([0, 1]);
    }
  });

  test("are those of the option: without one nothing is counted", async () => {
    expect(await judged(undefined)).toEqual([undefined, undefined]);
  });

  test("are judged by the queue, too: what waited for another one is late", async () => {
    const { session, sample, inferences, context, native } = await observed({ firstTokenMs: 120 });
    let asked: Promise<unknown> | undefined;
    native.beforeDecode = async (batch) => {
      if (batch !== 3) return;
      asked = session.prompt("Why?", { maxTokens: 2 });
      await sleep(200);
    };
    await session.prompt(prompt, { maxTokens: 3 });
    await asked;
    expect(inferences[1]!.firstTokenMs!).toBeGreaterThan(120);
    expect(inferences[1]!.slo).toBe("bad");
    expect(await sample(name, { model, outcome: "bad" })).toBe(1 + (inferences[0]!.slo === "bad" ? 1 : 0));
    await context.dispose();
  });
});

describe("tokens that nobody got, of a call that is aborted", () => {
  const counter = "genai_app_undelivered_tokens_total";

  /** Aborts before the given batch is decoded: the token that it makes comes after the abort. */
  async function abortedAt(batch: number, options: LLamaChatPromptOptions) {
    const seen = await observed();
    const controller = new AbortController();
    const reason = new Error("the user left");
    seen.native.beforeDecode = (decoding) => {
      if (decoding === batch) controller.abort(reason);
    };
    const call = seen.session.prompt(prompt, { maxTokens: 20, signal: controller.signal, ...options });
    await expect(call).rejects.toBe(reason);
    const undelivered = await seen.sample(counter, { model });
    await seen.context.dispose();
    return { undelivered, record: seen.inferences[0]!, generated: seen.native.sampledAt.length, native: seen.native };
  }

  test("without a callback are all that were sampled", async () => {
    const { undelivered, record, generated, native } = await abortedAt(6, {});
    expect(generated).toBe(6);
    expect(record).toMatchObject({ outputTokens: 6, undeliveredTokens: 6 });
    expect(record.promptEvalTokens).toBe(decodedTokens(native) - 5);
    expect(undelivered).toBe(6);
  });

  test("with one are those that it was not given", async () => {
    let delivered = 0;
    const onToken = (tokens: readonly unknown[]) => {
      delivered += tokens.length;
    };
    const { undelivered, record, generated } = await abortedAt(6, { onToken });
    expect(generated).toBe(6);
    expect(record).toMatchObject({ outputTokens: 6, undeliveredTokens: 6 - delivered });
    expect(undelivered).toBe(6 - delivered);
  });

  test("are none where the call resolves with what there was", async () => {
    const { session, sample, native, inferences, context } = await observed();
    const controller = new AbortController();
    native.beforeDecode = (batch) => {
      if (batch === 6) controller.abort();
    };
    const text = await session.prompt(prompt, { maxTokens: 20, signal: controller.signal, stopOnAbortSignal: true });
    expect(text).not.toBe("");
    expect(inferences[0]).toMatchObject({ finishReason: { unified: "aborted" }, undeliveredTokens: 0 });
    expect(await sample(counter, { model })).toBe(0);
    await context.dispose();
  });
});
