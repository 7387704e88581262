import { createTestAiwatch } from "@aiwatch/core/testing";
import { LlamaChat, LlamaChatSession, LlamaCompletion, type LlamaContext, type LlamaModel } from "node-llama-cpp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { llama, loadTinyModel } from "../test-support/engine.ts";
import { changedSince, patchable, snapshot } from "../test-support/engine-objects.ts";
import { newChat, newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";
const options = { contextSize: 512, threads: 1 };

let model: LlamaModel;
let context: LlamaContext;

beforeEach(async () => {
  model = await loadTinyModel("chat");
  context = await model.createContext({ ...options, sequences: 4 });
});

afterEach(() => model.dispose());

describe("once it is uninstrumented, every own property is what it was, on it, on what it touches and on the classes", () => {
  test.each(["llama", "model", "context", "sequence", "session", "chat", "completion"] as const)("%s", async (kind) => {
    const sequence = context.getSequence();
    const targets = {
      ...(await patchable(model, context, sequence)),
      session: newSession(sequence),
      chat: newChat(sequence),
      completion: new LlamaCompletion({ contextSequence: sequence }),
    } as Readonly<Record<string, object>>;
    const before = snapshot(targets);
    const keys = Object.values(targets).map((target) => Object.keys(target));
    const target = targets[kind] as LlamaModel;
    const { aiwatch, sample, diagnostics } = createTestAiwatch();
    for (let time = 0; time < 2; time++) {
      instrumentModel(target, { aiwatch });
      const patched = changedSince(before);
      expect(patched.some((name) => name.startsWith(`${kind}.`))).toBe(true);
      // nothing that enumeration shows, and the same patches when it is done again
      expect(Object.values(targets).map((object) => Object.keys(object))).toEqual(keys);
      const again = snapshot(targets);
      instrumentModel(target, { aiwatch });
      expect(changedSince(again)).toEqual([]);
      uninstrument(target);
      uninstrument(target);
      expect(changedSince(before)).toEqual([]);
    }
    expect(await sample("genai_app_llamacpp_context_size", { model: "tiny-chat" })).toBeUndefined();
    expect(diagnostics).toEqual([]);
  });

  test.each(["embedding", "ranking"] as const)("%s context", async (variant) => {
    const user = await loadTinyModel(variant);
    const made = variant === "embedding" ? user.createEmbeddingContext(options) : user.createRankingContext(options);
    const target = await made;
    const sequence = Reflect.get(target, "_sequence") as ReturnType<LlamaContext["getSequence"]>;
    const targets = { ...(await patchable(user, sequence.context, sequence)), target };
    const before = snapshot(targets);
    instrumentModel(target, { aiwatch: createTestAiwatch().aiwatch });
    expect(changedSince(before).length).toBeGreaterThan(0);
    uninstrument(target);
    expect(changedSince(before)).toEqual([]);
    await user.dispose();
  });

  test("a method's name and length are the engine's, and so is the class", async () => {
    const sequence = context.getSequence();
    const session = newSession(sequence);
    const named = [await llama(), model, context, sequence, session] as const;
    const methods = (targets: readonly object[]) =>
      targets.map((target) => {
        const names = new Set(Reflect.ownKeys(target).concat(Reflect.ownKeys(Object.getPrototypeOf(target) as object)));
        return ["loadModel", "createContext", "getSequence", "evaluateWithMetadata", "promptWithMeta"]
          .filter((name) => names.has(name))
          .map((name) => Reflect.get(target, name) as (...args: unknown[]) => unknown)
          .map(({ name, length }) => ({ name, length }));
      });
    const before = methods(named);
    for (const target of named) {
      const type = target.constructor;
      expect(instrumentModel(target as LlamaModel, { aiwatch: createTestAiwatch().aiwatch })).toBe(target);
      expect(target).toBeInstanceOf(type);
    }
    expect(methods(named)).toEqual(before);
    expect(before.flat()).toHaveLength(5);
    for (const target of named) uninstrument(target);
  });
});

describe("a parent that is uninstrumented", () => {
  test("takes what was made from it along, down to the sequences", async () => {
    const { aiwatch, inferences, sample } = createTestAiwatch();
    instrumentModel(model, { aiwatch });
    const made = await model.createContext({ ...options, sequences: 2 });
    const sequences = [made.getSequence(), made.getSequence()];
    const session = newSession(sequences[0]!);
    await session.prompt(prompt, { maxTokens: 2 });
    uninstrument(model);
    await session.prompt(prompt, { maxTokens: 2 });
    for await (const _token of sequences[1]!.evaluate(model.tokenize(prompt))) break;
    await newSession(sequences[1]!).prompt(prompt, { maxTokens: 2 });
    expect(inferences).toHaveLength(1);
    expect(Object.hasOwn(made, "getSequence")).toBe(false);
    for (const sequence of sequences) expect(Object.hasOwn(sequence, "evaluateWithMetadata")).toBe(false);
    expect(await sample("genai_app_llamacpp_context_size", { model: "tiny-chat" })).toBeUndefined();
  });

  test("but not what was instrumented itself, before or after it would have been taken up", async () => {
    const { aiwatch, inferences, sample } = createTestAiwatch();
    instrumentModel(model, { aiwatch });
    const made = await model.createContext({ ...options, sequences: 2 });
    const [taken, given] = [made.getSequence(), made.getSequence()];
    instrumentModel(given, { aiwatch });
    const session = newSession(taken);
    instrumentModel(session, { aiwatch });
    uninstrument(model);
    await session.prompt(prompt, { maxTokens: 2 });
    expect(inferences).toHaveLength(1);
    for await (const _token of given.evaluate(model.tokenize(prompt))) break;
    expect(inferences).toHaveLength(2);
    for await (const _token of taken.evaluate(model.tokenize(prompt))) break;
    expect(inferences).toHaveLength(2);
    const tokens = given.nextTokenIndex + taken.nextTokenIndex;
    expect(await sample("genai_app_llamacpp_context_tokens", { model: "tiny-chat" })).toBe(tokens);
    uninstrument(given);
    uninstrument(session);
    expect(await sample("genai_app_llamacpp_context_tokens", { model: "tiny-chat" })).toBeUndefined();
  });

  test("while one of its answers runs, that answer is observed to its end", async () => {
    const { aiwatch, inferences } = createTestAiwatch();
    instrumentModel(context, { aiwatch });
    const contextSequence = context.getSequence();
    const session = newSession(contextSequence);
    await session.prompt(prompt, { maxTokens: 7, onToken: () => uninstrument(context) });
    expect(inferences.map(({ outputTokens }) => outputTokens)).toEqual([7]);
    await session.prompt(prompt, { maxTokens: 2 });
    expect(inferences).toHaveLength(1);
    expect(Object.hasOwn(contextSequence, "evaluateWithMetadata")).toBe(false);
  });

  test("while a model is being loaded or a context made, what comes is not observed", async () => {
    const { aiwatch, inferences } = createTestAiwatch();
    instrumentModel(model, { aiwatch });
    const creating = model.createContext(options);
    uninstrument(model);
    const made = await creating;
    await newSession(made.getSequence()).prompt(prompt, { maxTokens: 2 });
    expect(inferences).toEqual([]);
    expect(Object.hasOwn(made, "getSequence")).toBe(false);
  });
});

test("the classes are let go by the last of those that hold them", async () => {
  const prototypes = [LlamaChatSession, LlamaChat, LlamaCompletion].map((type) => type.prototype as object);
  const before = snapshot(Object.fromEntries(prototypes.map((prototype, index) => [String(index), prototype])));
  const [a, b] = [createTestAiwatch(), createTestAiwatch()];
  const other = await model.createContext(options);
  instrumentModel(context, { aiwatch: a.aiwatch });
  instrumentModel(other, { aiwatch: b.aiwatch });
  uninstrument(context);
  expect(changedSince(before).length).toBeGreaterThan(0);
  await newSession(other.getSequence()).prompt(prompt, { maxTokens: 2 });
  expect([a, b].map(({ inferences }) => inferences.length)).toEqual([0, 1]);
  // a context that is disposed lets go by itself
  await other.dispose();
  expect(changedSince(before)).toEqual([]);
});
