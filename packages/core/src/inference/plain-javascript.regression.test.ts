import { describe, expect, it, vi } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import type { InferenceHandle } from "./inference-handle.ts";

const odd: Readonly<Record<string, unknown>> = {
  "nothing at all": undefined,
  null: null,
  "a number": 5,
  "a BigInt": 5n,
  "a symbol": Symbol("odd"),
  "a function": () => "odd",
  "an empty object": {},
  "an object without a prototype": Object.create(null),
  "a list": ["stop"],
  "an object whose getters throw": new Proxy(
    {},
    {
      get() {
        throw new Error("odd");
      },
    },
  ),
};

describe("a finish reason that is none of ours", () => {
  it.each(["content_filter", "constructor", "__proto__", "toString", "hasOwnProperty", "", "Stop"])(
    "is its engine's own word for a stop: %j",
    async (word) => {
      const { aiwatch, inferences, sample, diagnostics } = createTestAiwatch();
      const keys = Object.keys(aiwatch.summary().inferences);
      for (const reason of [{ unified: word }, word]) {
        const inference = aiwatch.startInference({ model: "tiny" });
        inference.promptTokens(3);
        inference.token(2);
        inference.end(reason as never);
      }
      const finishReason = { unified: "stop", raw: word };
      expect(inferences).toMatchObject([{ finishReason }, { finishReason }]);
      const labels = { model: "tiny", operation: "chat", finish_reason: "stop" };
      expect(await sample("genai_app_inferences_total", labels)).toBe(2);
      expect(await sample("genai_app_chat_tokens_total", { model: "tiny", direction: "output" })).toBe(4);
      const { inferences: counts, tokensGenerated } = aiwatch.summary();
      expect([Object.keys(counts), counts.stop, tokensGenerated]).toEqual([keys, 2, 4]);
      expect(diagnostics).toEqual([]);
    },
  );

  it("leaves the raw one that it came with", () => {
    const { aiwatch, inferences } = createTestAiwatch();
    aiwatch.startInference({ model: "tiny" }).end({ unified: "content_filter", raw: "SAFETY" } as never);
    aiwatch.startInference({ model: "tiny" }).end({ unified: "length", raw: 5 } as never);
    const reasons = inferences.map(({ finishReason }) => finishReason);
    expect(reasons).toEqual([{ unified: "stop", raw: "SAFETY" }, { unified: "length" }]);
  });

  it.each(Object.entries(odd))("and no text: %s", (_, reason) => {
    const { aiwatch, inferences, diagnostics } = createTestAiwatch();
    aiwatch.startInference({ model: "tiny" }).end(reason as never);
    expect(inferences[0]!.finishReason).toEqual({ unified: "stop" });
    expect(aiwatch.summary().inferences).toEqual({ stop: 1, length: 0, tool_calls: 0, aborted: 0, error: 0 });
    expect(diagnostics).toEqual([]);
  });
});

it("an `error` without an error is the engine's, and an `aborted` one's tools are called off", async () => {
  const tools: string[] = [];
  const toolEnded = ({ outcome }: { readonly outcome: string }) => void tools.push(outcome);
  const { aiwatch, inferences, sample } = createTestAiwatch({ observers: [{ name: "tools", toolEnded }] });
  aiwatch.startInference({ model: "tiny" }).end({ unified: "error", raw: "oom" });
  expect(inferences).toMatchObject([{ finishReason: { raw: "oom" }, failure: { type: "engine_error" } }]);
  expect(await sample("genai_app_errors_total", { type: "engine_error", operation: "inference" })).toBe(1);
  const called = aiwatch.startInference({ model: "tiny" });
  const tool = called.startTool({ name: "weather" });
  called.end({ unified: "aborted" });
  tool.end();
  expect(tools).toEqual(["aborted"]);
});

describe.each(Object.entries(odd))("%s in the place of an argument", (_, value) => {
  const calls: Readonly<Record<string, (inference: InferenceHandle, value: never) => void>> = {
    promptTokens: (inference, given) => inference.promptTokens(given, given),
    prefilled: (inference, given) => inference.prefilled(given),
    reasoningTokens: (inference, given) => inference.reasoningTokens(given),
    undeliveredTokens: (inference, given) => inference.undeliveredTokens(given),
    speculativeTokens: (inference, given) => inference.speculativeTokens(given),
    dimensions: (inference, given) => inference.dimensions(given),
    input: (inference, given) => inference.input(given, given),
    output: (inference, given) => inference.output(given),
    "a tool": (inference, given) => inference.startTool(given).end(),
    "a tool's name": (inference, given) =>
      inference.startTool({ name: given, callId: given, description: given }).fail(given, given),
    fail: (inference, given) => inference.fail(given, given),
    abort: (inference, given) => inference.abort(given),
    usage: (inference, given) => inference.end({ unified: "stop" }, given),
    "a count of usage": (inference, given) =>
      inference.end({ unified: "stop" }, { promptTokens: given, cachedPromptTokens: given, outputTokens: given }),
  };

  it.each(Object.entries(calls))("%s throws nothing, and the record is true", (name, call) => {
    const { aiwatch, inferences, diagnostics } = createTestAiwatch();
    const inference = aiwatch.startInference({ model: "tiny" });
    call(inference, value as never);
    inference.end({ unified: "stop" }, { outputTokens: 2 });
    const counted = name.includes("usage") && typeof value === "number";
    const [record] = inferences;
    expect(inferences).toHaveLength(1);
    if (record!.finishReason.unified === "stop" && !name.includes("usage"))
      expect(record).toMatchObject({ outputTokens: 2 });
    if (counted && name.startsWith("a count")) expect(record).toMatchObject({ promptTokens: 5, outputTokens: 5 });
    for (const text of [record!.finishReason.raw ?? "", record!.failure?.type ?? ""]) expect(text).toBeTypeOf("string");
    expect(diagnostics).toEqual([]);
  });

  it("throws nothing where an inference begins, and it is counted under what is known", async () => {
    const { aiwatch, inferences, sample } = createTestAiwatch();
    aiwatch.startInference(value as never).end({ unified: "stop" });
    const given = { model: "tiny", provider: value, kind: value, operation: value, parameters: value };
    aiwatch.startInference(given as never).end({ unified: "stop" });
    aiwatch.startInference({ model: value } as never).end({ unified: "stop" });
    expect(inferences).toHaveLength(3);
    const known = { operation: "chat", provider: "llama.cpp", kind: "internal", parameters: {} };
    expect(inferences).toMatchObject([known, { ...known, model: "tiny" }, known]);
    for (const { model } of inferences) expect(model).toBeTypeOf("string");
    const labels = { model: "tiny", operation: "chat", finish_reason: "stop" };
    expect(await sample("genai_app_inferences_total", labels)).toBe(1);
  });
});

it("an operation that is none of ours is reported, and no series of its own", async () => {
  const { aiwatch, inferences, diagnostics, registry } = createTestAiwatch();
  for (const operation of ["completion", "constructor"])
    aiwatch.startInference({ model: "tiny", operation } as never).end({ unified: "stop" });
  expect(inferences.map(({ operation }) => operation)).toEqual(["chat", "chat"]);
  expect(diagnostics.map(({ error }) => String(error))).toEqual([
    expect.stringContaining("chat, text_completion, embeddings, rerank"),
    expect.stringContaining("counted as chat"),
  ]);
  expect(await registry.metrics()).not.toMatch(/operation="(completion|constructor|other)"/);
});

it("parameters hold what is known of them alone: the rest may be content", () => {
  const { aiwatch, inferences } = createTestAiwatch();
  const parameters = { maxTokens: 5, temperature: Number.NaN, topK: "40", stream: true, prompt: "secret" };
  aiwatch.startInference({ model: "tiny", parameters } as never).end({ unified: "stop" });
  expect(inferences[0]!.parameters).toEqual({ maxTokens: 5, stream: true });
});

describe("where one instrument is broken, the others count on", () => {
  it.each(["inferences", "chatTokens", "modelLatency", "errors", "promptTokens", "firstTokenLatency"] as const)(
    "%s",
    async (broken) => {
      const test = createTestAiwatch({ clock: fakeClock(1000) });
      const metric = hostOf(test.aiwatch).instruments[broken] as unknown as Record<string, () => void>;
      for (const method of ["bind", "add", "observe"].filter((name) => name in metric)) {
        vi.spyOn(metric, method).mockImplementation(() => {
          throw new Error("broken");
        });
      }
      const inference = test.aiwatch.startInference({ model: "tiny" });
      inference.promptTokens(4, 1);
      inference.token(3);
      inference.end({ unified: "error" });
      const samples: Readonly<Record<string, [string, Record<string, string>, number]>> = {
        inferences: ["genai_app_inferences_total", { model: "tiny", operation: "chat", finish_reason: "error" }, 1],
        chatTokens: ["genai_app_chat_tokens_total", { model: "tiny", direction: "output" }, 3],
        cached: ["genai_app_cached_prompt_tokens_total", { model: "tiny" }, 1],
        errors: ["genai_app_errors_total", { type: "engine_error", operation: "inference" }, 1],
        outputTokens: ["genai_app_output_tokens_sum", { model: "tiny" }, 3],
      };
      for (const [name, [metricName, labels, value]] of Object.entries(samples)) {
        if (name !== broken) expect(await test.sample(metricName, labels), name).toBe(value);
      }
      expect(test.diagnostics.length).toBeGreaterThan(broken === "modelLatency" ? -1 : 0);
    },
  );
});
