import { createTestAiwatch } from "@aiwatch/core/testing";
import { LlamaChatSession } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { instrumentModel, uninstrument } from "./instrument-model.ts";
import { loadTinyModel, tinyContext } from "./test-support/engine.ts";
import { hostOf } from "./test-support/host.ts";
import { rigUp } from "./test-support/rig.ts";

const prompt = "Tell me about the local model";

/** All own properties of an object, as they are. */
const own = (target: object) => Object.getOwnPropertyDescriptors(target);

describe("the session", () => {
  test("is the same object, of the same class and with the same visible properties", async () => {
    const { context, session, sequence } = await rigUp();
    const keys = [session, sequence, sequence.tokenMeter].map((target) => Object.keys(target));
    const returned: LlamaChatSession = instrumentModel(session, { aiwatch: createTestAiwatch().aiwatch });
    expect(returned).toBe(session);
    expect(returned).toBeInstanceOf(LlamaChatSession);
    expect([session, sequence, sequence.tokenMeter].map((target) => Object.keys(target))).toEqual(keys);
    expect(session.promptWithMeta.name).toBe("promptWithMeta");
    expect(session.promptWithMeta.length).toBe(LlamaChatSession.prototype.promptWithMeta.length);
    await context.dispose();
  });

  test("instrumented twice counts once", async () => {
    const { context, session } = await rigUp();
    const { aiwatch, inferences, sample } = createTestAiwatch();
    instrumentModel(session, { aiwatch });
    const { promptWithMeta } = session;
    instrumentModel(instrumentModel(session, { aiwatch }), { aiwatch: createTestAiwatch().aiwatch });
    expect(session.promptWithMeta).toBe(promptWithMeta);
    await session.prompt(prompt, { maxTokens: 3 });
    expect(inferences).toHaveLength(1);
    expect(await sample("genai_app_chat_tokens_total", { direction: "output", model: "tiny-chat" })).toBe(3);
    await context.dispose();
  });

  test("is again what it was once it is uninstrumented", async () => {
    const { context, session, sequence } = await rigUp();
    const targets = [session, sequence, sequence.tokenMeter];
    const before = targets.map(own);
    const { aiwatch, inferences, sample } = createTestAiwatch();
    instrumentModel(session, { aiwatch });
    expect(targets.map(own)).not.toEqual(before);
    uninstrument(session);
    uninstrument(session);
    expect(targets.map(own)).toEqual(before);
    await session.prompt(prompt, { maxTokens: 2 });
    expect(inferences).toEqual([]);
    expect(await sample("genai_app_model_memory_bytes", { model: "tiny-chat" })).toBeUndefined();
    instrumentModel(session, { aiwatch });
    await session.prompt(prompt, { maxTokens: 2 });
    expect(inferences).toHaveLength(1);
    await context.dispose();
  });

  test("uninstrumented while it answers is observed to the end of the answer", async () => {
    const { context, session, sequence } = await rigUp();
    const before = own(sequence);
    const { aiwatch, inferences } = createTestAiwatch();
    instrumentModel(session, { aiwatch });
    await session.prompt(prompt, { maxTokens: 6, onToken: () => uninstrument(session) });
    expect(inferences.map(({ outputTokens }) => outputTokens)).toEqual([6]);
    expect(Object.keys(own(sequence))).toEqual(Object.keys(before));
    await context.dispose();
  });

  test("keeps what somebody else patched over us", async () => {
    const { context, session } = await rigUp();
    const { aiwatch, inferences } = createTestAiwatch();
    instrumentModel(session, { aiwatch });
    const ours = session.promptWithMeta;
    let calls = 0;
    const theirs = function (this: LlamaChatSession, ...args: Parameters<typeof ours>) {
      calls += 1;
      return ours.apply(this, args);
    };
    Object.defineProperty(session, "promptWithMeta", { value: theirs, configurable: true, writable: true });
    uninstrument(session);
    expect(session.promptWithMeta).toBe(theirs);
    await session.prompt(prompt, { maxTokens: 2 });
    expect({ calls, records: inferences.length }).toEqual({ calls: 1, records: 0 });
    await context.dispose();
  });

  test("that is frozen stays unobserved, and the diagnostics say so", async () => {
    const { context, session, sequence } = await rigUp();
    const before = own(sequence);
    const { aiwatch, diagnostics, sample } = createTestAiwatch();
    Object.preventExtensions(session);
    expect(instrumentModel(session, { aiwatch })).toBe(session);
    expect(diagnostics.map(({ source }) => source)).toEqual(["adapter"]);
    expect(own(sequence)).toEqual(before);
    expect(await sample("genai_app_llamacpp_context_size", { model: "tiny-chat" })).toBeUndefined();
    await context.dispose();
  });
});

describe("the readings", () => {
  test("outlive the session and go with the context and the model", async () => {
    const model = await loadTinyModel("chat");
    const context = await model.createContext({ contextSize: 512, threads: 1 });
    const { aiwatch, sample } = createTestAiwatch();
    const session = instrumentModel(new LlamaChatSession({ contextSequence: context.getSequence() }), {
      aiwatch,
      model: "my model",
    });
    const size = () => sample("genai_app_llamacpp_context_size", { model: "my model" });
    const memory = () => sample("genai_app_model_memory_bytes", { model: "my model" });
    session.dispose();
    expect(await size()).toBe(512);
    await context.dispose();
    expect(await size()).toBeUndefined();
    expect(await memory()).toBe(model.size);
    await model.dispose();
    expect(await memory()).toBeUndefined();
  });

  test("tell the engine and the architecture", async () => {
    const { context, session } = await rigUp();
    const { aiwatch } = createTestAiwatch();
    instrumentModel(session, { aiwatch });
    expect(hostOf(aiwatch).models.read().get("tiny-chat")).toMatchObject({
      modelType: "llama.cpp",
      info: { architecture: "llama" },
    });
    await context.dispose();
  });
});

describe("what is refused", () => {
  const received: readonly (readonly [unknown, string])[] = [
    [Promise.resolve({}), "received a Promise: did you forget `await`?"],
    [undefined, "received undefined"],
    [null, "received null"],
    ["models/tiny.gguf", "received a string"],
    [{}, "received a plain object"],
    [new Map(), "received a Map"],
    [LlamaChatSession, "received the class or function LlamaChatSession"],
  ];

  test.each(received)("%s", (value, words) => {
    const { aiwatch } = createTestAiwatch();
    // @ts-expect-error what the types refuse too
    const instrument = () => instrumentModel(value, { aiwatch });
    expect(instrument).toThrowError(expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT" }));
    expect(instrument).toThrowError(words);
    expect(instrument).toThrowError("new LlamaChatSession({ contextSequence })");
  });

  test("a client of models behind HTTP, which another package observes", () => {
    const client = new (class OpenAI {
      readonly fetch = fetch;
    })();
    // @ts-expect-error what the types refuse too
    expect(() => instrumentModel(client)).toThrowError(
      /^instrumentModel\(\) received an? OpenAI, .+; it is a client of models behind HTTP: pass it to instrumentClient\(\) of @aiwatch\/openai$/,
    );
  });

  test("a disposed session, and a model without a name", async () => {
    const { context, session } = await rigUp();
    const { aiwatch } = createTestAiwatch();
    expect(() => instrumentModel(session, { aiwatch, model: " " })).toThrowError(
      "the option model of instrumentModel() is an empty text",
    );
    session.dispose();
    expect(() => instrumentModel(session, { aiwatch })).toThrowError("a LlamaChatSession that is disposed");
    await context.dispose();
  });

  test("by the types: a promise of a session", async () => {
    const context = await tinyContext();
    const pending = (async () => new LlamaChatSession({ contextSequence: context.getSequence() }))();
    // @ts-expect-error a forgotten await
    expect(() => instrumentModel(pending, { aiwatch: createTestAiwatch().aiwatch })).toThrowError("`await`");
    await pending;
    await context.dispose();
  });
});

test("nothing is done where AIWatch is disabled", async () => {
  const { context, session, sequence } = await rigUp();
  const before = [session, sequence].map(own);
  const { aiwatch } = createTestAiwatch({ disabled: true });
  expect(instrumentModel(session, { aiwatch })).toBe(session);
  expect([session, sequence].map(own)).toEqual(before);
  await context.dispose();
});
