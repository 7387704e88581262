import { SpanKind } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";
import type { InferenceStart, ServerFacts } from "./inference-handle.ts";

const spans = recordedSpans();

const setUp = (start: Partial<InferenceStart> = {}) => {
  const clock = fakeClock(1000);
  const test = createTestAiwatch({ clock });
  const inference = test.aiwatch.startInference({ model: "asked", kind: "client", provider: "openai", ...start });
  return { ...test, clock, inference };
};

describe("what a server's own times leave unexplained", () => {
  const rows: [string, ServerFacts, { firstTokenMs?: number; durationMs: number }, number | undefined][] = [
    ["the wait for the first token", { promptEvalMs: 30 }, { firstTokenMs: 100, durationMs: 400 }, 70],
    [
      "less its queue and its loading",
      { queueMs: 10, loadMs: 50, promptEvalMs: 30 },
      { firstTokenMs: 100, durationMs: 400 },
      10,
    ],
    ["the whole of an answer in one piece", { promptEvalMs: 30, decodeMs: 200 }, { durationMs: 400 }, 170],
    ["nothing that is negative", { promptEvalMs: 101 }, { firstTokenMs: 100, durationMs: 400 }, undefined],
    [
      "nothing of an answer in one piece whose decoding is unknown",
      { promptEvalMs: 30 },
      { durationMs: 400 },
      undefined,
    ],
    [
      "nothing where the prompt's time is unknown",
      { queueMs: 10, decodeMs: 5 },
      { firstTokenMs: 100, durationMs: 400 },
      undefined,
    ],
  ];

  it.each(rows)("is %s", async (_what, facts, { firstTokenMs, durationMs }, unexplainedMs) => {
    const { clock, inference, inferences, sample } = setUp();
    if (firstTokenMs !== undefined) {
      clock.advance(firstTokenMs);
      inference.outputCame();
    }
    clock.advance(durationMs - (firstTokenMs ?? 0));
    inference.served(facts);
    inference.end({ unified: "stop" });
    expect(inferences[0]).toMatchObject({ serverTimes: facts, durationMs });
    expect(inferences[0]?.unexplainedMs).toBe(unexplainedMs);
    expect(await sample("genai_app_server_unexplained_seconds_count", { model: "asked" })).toBe(
      unexplainedMs === undefined ? undefined : 1,
    );
    expect(inferences[0]).not.toHaveProperty("queueMs");
  });
});

describe("a server's times", () => {
  it.each([
    ["in one piece", 0],
    ["in pieces, however close they came together", 2],
  ])("are the prompt's evaluation and the decoding of an answer %s", (_how, pieces) => {
    const { clock, inference, inferences } = setUp();
    for (let piece = 0; piece < pieces; piece += 1) {
      clock.advance(1);
      inference.outputCame();
    }
    inference.served({ promptEvalMs: 30, decodeMs: 200 });
    inference.end({ unified: "stop" }, { outputTokens: 11 });
    expect(inferences[0]).toMatchObject({ promptEvalMs: 30, decodeMs: 200, tokensPerSecond: 50 });
  });

  it("leave the decoding to the process's clock where they do not tell it", () => {
    const { clock, inference, inferences } = setUp();
    inference.outputCame();
    clock.advance(400);
    inference.outputCame();
    inference.served({ promptEvalMs: 30 });
    inference.end({ unified: "stop" }, { outputTokens: 11 });
    expect(inferences[0]).toMatchObject({ decodeMs: 400, tokensPerSecond: 25 });
  });

  it.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], ["5"], [null]])("of %s are none", (promptEvalMs) => {
    const { inference, inferences } = setUp();
    inference.outputCame();
    inference.served({ promptEvalMs } as never);
    inference.end({ unified: "stop" });
    expect(inferences[0]).not.toHaveProperty("serverTimes");
    expect(inferences[0]).not.toHaveProperty("unexplainedMs");
  });
});

describe("output of an unknown number of tokens", () => {
  it("is the first token and the last, and no count", async () => {
    const { clock, inference, inferences, sample } = setUp();
    for (const ms of [100, 20, 30]) {
      clock.advance(ms);
      inference.outputCame();
    }
    expect(await sample("genai_app_chat_tokens_total", { model: "asked", direction: "output" })).toBe(0);
    expect(await sample("genai_app_first_token_waits_total", { model: "asked", outcome: "got" })).toBe(1);
    clock.advance(5);
    inference.end({ unified: "stop" });
    expect(inferences[0]).toMatchObject({ firstTokenMs: 100, decodeMs: 50, durationMs: 155 });
    expect(inferences[0]).not.toHaveProperty("outputTokens");
    expect(inferences[0]).not.toHaveProperty("tokenGaps");
  });

  it.each([
    ["aborted", "abort"],
    ["error", "fail"],
  ] as const)("has the usage that was reported before it was %s", (unified, how) => {
    const { inference, inferences } = setUp();
    inference.outputCame();
    const usage = { promptTokens: 7, outputTokens: 3 };
    if (how === "abort") inference.abort("break", usage);
    else inference.fail(new Error("cut"), "cut", usage);
    expect(inferences[0]).toMatchObject({ ...usage, finishReason: { unified } });
  });
});

describe("an inference that a server runs", () => {
  const server = { address: "127.0.0.1", port: 8080 };

  it("says what was asked of whom, and who answered", () => {
    const { inference, inferences } = setUp({ model: "tiny", requestedModel: "gpt-4o", server, attempt: 1 });
    inference.served({
      model: "models/tiny.gguf",
      id: "chatcmpl-1",
      provider: "llama.cpp",
      queueMs: 5,
      promptEvalMs: 2,
    });
    inference.toolsCalled(2);
    inference.end({ unified: "tool_calls" });
    expect(inferences[0]).toMatchObject({
      model: "tiny",
      provider: "llama.cpp",
      requestedModel: "gpt-4o",
      reportedModel: "models/tiny.gguf",
      responseId: "chatcmpl-1",
      server,
      attempt: 1,
      toolCalls: 2,
    });
    const [span] = spans();
    expect([span?.name, span?.kind]).toEqual(["chat gpt-4o", SpanKind.CLIENT]);
    expect(span?.attributes).toMatchObject({
      "gen_ai.provider.name": "llama.cpp",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.response.model": "models/tiny.gguf",
      "gen_ai.response.id": "chatcmpl-1",
      "server.address": "127.0.0.1",
      "server.port": 8080,
      "http.request.resend_count": 1,
      "aiwatch.server.queue_time": 0.005,
      "aiwatch.server.prompt_eval_time": 0.002,
      "aiwatch.inference.tool_calls": 2,
    });
  });

  it("has no number of attempts on its span at the first", () => {
    setUp({ attempt: 0 }).inference.end({ unified: "stop" });
    expect(spans()[0]?.attributes).not.toHaveProperty("http.request.resend_count");
  });

  it.each([[{ server: "127.0.0.1" }], [{ server: { port: 80 } }], [{ attempt: -1 }], [{ requestedModel: 5 }]])(
    "leaves out what plain JavaScript may put in its place: %j",
    (start) => {
      const { inference, inferences } = setUp(start as never);
      inference.end({ unified: "stop" });
      for (const name of Object.keys(start)) expect(inferences[0]).not.toHaveProperty(name);
    },
  );
});

describe("a model that the answer names anew", () => {
  const active = (name: string) => ["genai_app_active_inferences", { model: name }] as const;

  it("is the one that everything counts for, from the start", async () => {
    const { aiwatch, inference, inferences, sample } = setUp();
    expect(await sample(...active("asked"))).toBe(1);
    inference.served({ countsAs: "true" });
    expect([await sample(...active("asked")), await sample(...active("true"))]).toEqual([0, 1]);
    inference.outputCame();
    inference.end({ unified: "stop" }, { outputTokens: 3 });
    expect(inferences[0]).toMatchObject({ model: "true" });
    const labels = { operation: "chat", finish_reason: "stop" };
    expect(await sample("genai_app_inferences_total", { model: "true", ...labels })).toBe(1);
    expect(await sample("genai_app_inferences_total", { model: "asked", ...labels })).toBe(0);
    expect(aiwatch.summary().totalRequests).toBeDefined();
    expect(await sample(...active("true"))).toBe(0);
  });

  it("stays what it was once something was counted", async () => {
    const { inference, inferences } = setUp();
    inference.outputCame();
    inference.served({ countsAs: "late", provider: "late" });
    inference.end({ unified: "stop" });
    expect(inferences[0]).toMatchObject({ model: "asked", provider: "openai" });
  });
});
