import { describe, expect, it } from "vitest";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";

const setUp = () => {
  const clock = fakeClock(1000);
  return { clock, ...createTestAiwatch({ clock }) };
};

describe("an inference", () => {
  it("computes every duration from the clock readings", () => {
    const { aiwatch, clock, inferences } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.promptTokens(7, 3);
    clock.advance(45);
    inference.evaluationBegun();
    clock.advance(55);
    inference.token();
    for (let token = 0; token < 4; token += 1) {
      clock.advance(20);
      inference.token();
    }
    clock.advance(10);
    inference.end({ unified: "stop", raw: "eogToken" });
    expect(inferences).toEqual([
      expect.objectContaining({
        model: "tiny",
        operation: "chat",
        provider: "llama.cpp",
        finishReason: { unified: "stop", raw: "eogToken" },
        queueMs: 45,
        promptEvalMs: 55,
        firstTokenMs: 100,
        decodeMs: 80,
        durationMs: 190,
        tokensPerSecond: 50,
        promptTokens: 10,
        cachedPromptTokens: 3,
        outputTokens: 5,
      }),
    ]);
  });

  it("ends exactly once, whatever is told afterwards", async () => {
    const { aiwatch, inferences, sample } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.token();
    inference.abort();
    inference.token();
    inference.fail(new Error("late"));
    inference.end({ unified: "stop" });
    expect(inferences).toHaveLength(1);
    expect(inferences[0]).toMatchObject({ finishReason: { unified: "aborted" }, outputTokens: 1 });
    const labels = { model: "tiny", operation: "chat" };
    expect(await sample("genai_app_inferences_total", { ...labels, finish_reason: "aborted" })).toBe(1);
    expect(await sample("genai_app_inferences_total", { ...labels, finish_reason: "stop" })).toBe(0);
  });

  it("leaves out what it does not know", () => {
    const { aiwatch, inferences } = setUp();
    aiwatch.startInference({ model: "tiny" }).fail(new TypeError("the prompt was: secret"));
    const [record] = inferences;
    expect(record).toMatchObject({ finishReason: { unified: "error" }, failure: { type: "TypeError" } });
    for (const unknown of [
      "firstTokenMs",
      "queueMs",
      "promptEvalMs",
      "promptTokens",
      "outputTokens",
      "tokensPerSecond",
    ]) {
      expect(record).not.toHaveProperty(unknown);
    }
    expect(JSON.stringify(record)).not.toContain("secret");
  });

  it("has no decode rate under two tokens", () => {
    const { aiwatch, clock, inferences } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    clock.advance(5);
    inference.token();
    inference.end({ unified: "length" });
    expect(inferences[0]).toMatchObject({ outputTokens: 1, decodeMs: 0 });
    expect(inferences[0]).not.toHaveProperty("tokensPerSecond");
  });

  it("takes the engine's own counts over what was counted on the way", () => {
    const { aiwatch, inferences } = setUp();
    const inference = aiwatch.startInference({ model: "served", operation: "text_completion", kind: "client" });
    inference.firstToken();
    inference.end({ unified: "stop" }, { promptTokens: 12, outputTokens: 34 });
    expect(inferences[0]).toMatchObject({ promptTokens: 12, outputTokens: 34 });
  });

  it("lets each reported count beat the counted one, and keeps those that were not reported", () => {
    const { aiwatch, clock, inferences } = setUp();
    const inference = aiwatch.startInference({ model: "served", kind: "client" });
    inference.promptTokens(5, 2);
    inference.reasoningTokens(1);
    inference.token();
    clock.advance(100);
    inference.token();
    clock.advance(100);
    const usage = { promptTokens: 12, outputTokens: 11, reasoningTokens: 4, total_tokens: 23 };
    inference.end({ unified: "stop" }, usage as never);
    expect(inferences[0]).toMatchObject({
      kind: "client",
      promptTokens: 12,
      cachedPromptTokens: 2,
      outputTokens: 11,
      reasoningTokens: 4,
      tokensPerSecond: 100,
      timePerOutputTokenMs: 20,
    });
    expect(inferences[0]).not.toHaveProperty("total_tokens");
  });

  it("takes what is no count for unknown", () => {
    const { aiwatch, inferences } = setUp();
    const inference = aiwatch.startInference({ model: "served" });
    inference.promptTokens(-1, Number.NaN);
    inference.token(Number.NaN);
    inference.token();
    inference.end({ unified: "stop" }, { promptTokens: Number.NaN, outputTokens: undefined } as never);
    expect(inferences[0]).toMatchObject({ outputTokens: 1 });
    expect(inferences[0]).not.toHaveProperty("promptTokens");
    expect(aiwatch.summary()).toMatchObject({ tokensGenerated: 1, tokensProcessed: 0 });
  });

  it("changes nothing by what is told after its end", async () => {
    const { aiwatch, clock, inferences, sample } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.end({ unified: "stop" });
    const record = { ...inferences[0] };
    clock.advance(50);
    inference.evaluationBegun();
    inference.promptTokens(5, 2);
    inference.prefilled(5);
    inference.firstToken();
    inference.tokenAsked();
    inference.token(3);
    inference.reasoningTokens(1);
    inference.undeliveredTokens(1);
    inference.contextShift();
    inference.speculativeTokens({ used: 1, unused: 1, refuted: 1 });
    inference.dimensions(5);
    inference.end({ unified: "length" }, { outputTokens: 7 });
    inference.abort("late");
    expect(inferences).toEqual([record]);
    expect(record).not.toHaveProperty("outputTokens");
    expect(inference.ended).toBe(true);
    expect(await sample("genai_app_chat_tokens_total", { model: "tiny", direction: "output" })).toBe(0);
  });

  it("knows what became of drafted tokens, by the last complete telling", () => {
    const { aiwatch, inferences } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.speculativeTokens({ used: 1, unused: 0, refuted: 0 });
    inference.speculativeTokens({ used: 5, unused: 2, refuted: 3, extra: 1 } as never);
    inference.speculativeTokens({ used: 9 } as never);
    inference.speculativeTokens({ used: 9, unused: Number.NaN, refuted: 0 });
    inference.end({ unified: "stop" });
    expect(inferences[0]!.speculativeTokens).toEqual({ used: 5, unused: 2, refuted: 3 });
  });

  it("knows an embedding's length, and that it generates no tokens", () => {
    const { aiwatch, inferences } = setUp();
    const inference = aiwatch.startInference({ model: "embedder", operation: "embeddings" });
    inference.evaluationBegun();
    inference.promptTokens(4);
    for (const length of [384, 0, -1, Number.NaN]) inference.dimensions(length);
    inference.end({ unified: "stop" });
    expect(inferences[0]).toMatchObject({ operation: "embeddings", dimensions: 384, promptTokens: 4 });
    expect(inferences[0]).not.toHaveProperty("outputTokens");
  });

  it("generated nothing where the engine took it up and no token came: 0 is known then", () => {
    const { aiwatch, inferences } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.evaluationBegun();
    inference.abort();
    expect(inferences[0]).toMatchObject({ outputTokens: 0, queueMs: 0 });
  });

  it("hands out a record that neither an observer nor the caller can change", () => {
    const { aiwatch, inferences } = setUp();
    const parameters = { maxTokens: 8 };
    const reason = { unified: "stop", raw: "eogToken" } as const;
    const inference = aiwatch.startInference({ model: "tiny", parameters });
    Object.assign(parameters, { maxTokens: 9 });
    inference.end(reason);
    const record = inferences[0]!;
    expect(record.parameters).toEqual({ maxTokens: 8 });
    for (const part of [record, record.parameters, record.finishReason]) expect(Object.isFrozen(part)).toBe(true);
    expect(Object.isFrozen(reason) || Object.isFrozen(parameters)).toBe(false);
  });

  it("takes an option that is undefined for one that is left out", () => {
    const { aiwatch, inferences, diagnostics } = setUp();
    const options = { operation: undefined, provider: undefined, parameters: undefined, kind: undefined };
    aiwatch.startInference({ model: "tiny", ...options } as never).end({ unified: "stop" });
    expect(inferences[0]).toMatchObject({ operation: "chat", provider: "llama.cpp", parameters: {} });
    expect(diagnostics).toEqual([]);
  });

  it("neither counts an abort as an error nor observes its latency", async () => {
    const { aiwatch, sample } = setUp();
    aiwatch.startInference({ model: "tiny" }).abort();
    expect(await sample("genai_app_errors_total", { type: "engine_error", operation: "inference" })).toBe(0);
    expect(await sample("genai_app_model_latency_seconds_count", { model: "tiny", operation: "inference" })).toBe(
      undefined,
    );
    expect(await sample("genai_app_first_token_latency_seconds_count", { model: "tiny" })).toBe(undefined);
  });

  it("survives an observer that throws, and counts the fault", async () => {
    const thrower = {
      name: "thrower",
      inferenceEnded: () => {
        throw new Error("no");
      },
    };
    const { aiwatch, inferences, diagnostics, sample } = createTestAiwatch({ observers: [thrower] });
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    expect(inferences).toHaveLength(1);
    expect(diagnostics).toMatchObject([{ source: "observer" }]);
    expect(await sample("genai_app_telemetry_errors_total", { source: "observer" })).toBe(1);
  });
});

describe("tokens per second", () => {
  const rate = "genai_app_llamacpp_tokens_per_second";
  const decode = (aiwatch: ReturnType<typeof setUp>["aiwatch"]) => aiwatch.startInference({ model: "tiny" });

  it("adds up the running inferences while tokens come", async () => {
    const { aiwatch, clock, sample } = setUp();
    const [one, two] = [decode(aiwatch), decode(aiwatch)];
    one.token();
    two.token();
    clock.advance(100);
    one.token(10);
    two.token(5);
    expect(await sample(rate, { model: "tiny" })).toBe(150);
  });

  it("keeps the last rate for a minute, then is gone", async () => {
    const { aiwatch, clock, sample } = setUp();
    const inference = decode(aiwatch);
    inference.token();
    clock.advance(100);
    inference.token(10);
    inference.end({ unified: "stop" });
    clock.advance(59_000);
    expect(await sample(rate, { model: "tiny" })).toBe(100);
    clock.advance(2_000);
    expect(await sample(rate, { model: "tiny" })).toBe(undefined);
  });

  it("is the record's once it ended: an engine may have corrected the tokens", async () => {
    const { aiwatch, clock, inferences, sample } = setUp();
    const inference = decode(aiwatch);
    inference.token();
    clock.advance(1000);
    inference.token();
    inference.end({ unified: "stop" }, { outputTokens: 101 });
    expect(inferences[0]).toMatchObject({ tokensPerSecond: 100 });
    expect(await sample(rate, { model: "tiny" })).toBe(100);
  });

  it("is absent while nothing is known", async () => {
    const { aiwatch, sample } = setUp();
    decode(aiwatch).token();
    expect(await sample(rate, { model: "tiny" })).toBe(undefined);
  });
});
