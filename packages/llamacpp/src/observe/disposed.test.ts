import { createTestAiwatch } from "@aiwatch/core/testing";
import { LlamaChat, LlamaChatSession, LlamaCompletion, type LlamaContext, type LlamaModel } from "node-llama-cpp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { loadTinyModel } from "../test-support/engine.ts";
import { changedSince, snapshot } from "../test-support/engine-objects.ts";
import { hostOf } from "../test-support/host.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";
const few = { maxTokens: 2 };
const size = "genai_app_llamacpp_context_size";
const memory = "genai_app_model_memory_bytes";
const labels = { model: "tiny-chat" };

let model: LlamaModel;
let context: LlamaContext;
const classes = [LlamaChatSession, LlamaChat, LlamaCompletion];
const prototypes = snapshot(Object.fromEntries(classes.map((type) => [type.name, type.prototype as object])));

beforeEach(async () => {
  model = await loadTinyModel("chat");
  context = await model.createContext({ contextSize: 512, threads: 1, sequences: 2 });
});

afterEach(() => model.dispose());

test("a session that is disposed lets go of its sequence, which lives on for the next one", async () => {
  const { aiwatch, inferences, sample, diagnostics } = createTestAiwatch();
  const sequence = context.getSequence();
  const before = snapshot({ sequence, meter: sequence.tokenMeter });
  const session = instrumentModel(newSession(sequence), { aiwatch });
  session.dispose();
  expect(changedSince(before).filter((name) => !name.endsWith("listeners"))).toEqual([]);
  expect(await sample(size, labels)).toBe(context.contextSize);
  const next = instrumentModel(newSession(sequence), { aiwatch });
  await next.prompt(prompt, few);
  expect(inferences).toHaveLength(1);
  uninstrument(next);
  uninstrument(session);
  expect(diagnostics).toEqual([]);
});

test("a sequence that is disposed is free again, and the next one in its place is observed", async () => {
  const { aiwatch, inferences, sample } = createTestAiwatch();
  instrumentModel(context, { aiwatch });
  for (let turn = 1; turn <= 3; turn++) {
    const sequence = context.getSequence();
    await newSession(sequence).prompt(prompt, few);
    expect(inferences).toHaveLength(turn);
    expect(inferences.at(-1)).toMatchObject({ cachedPromptTokens: 0, outputTokens: 2 });
    await sequence.dispose();
    expect(Object.hasOwn(sequence, "evaluateWithMetadata")).toBe(false);
    expect(await sample("genai_app_llamacpp_sequences", { ...labels, state: "free" })).toBe(2);
    expect(await sample("genai_app_llamacpp_context_tokens", labels)).toBeUndefined();
  }
});

test.each(["context", "model"] as const)("a %s that is disposed leaves nothing of ours", async (kind) => {
  const { aiwatch, sample, inferences, diagnostics } = createTestAiwatch();
  instrumentModel(model, { aiwatch });
  const made = await model.createContext({ contextSize: 512, threads: 1 });
  const session = newSession(made.getSequence());
  await session.prompt(prompt, few);
  await (kind === "context" ? made.dispose() : model.dispose());
  expect(await sample(size, labels)).toBeUndefined();
  expect(await sample(memory, labels)).toBe(kind === "context" ? model.size : undefined);
  expect(Object.hasOwn(made, "getSequence")).toBe(false);
  await expect(session.prompt(prompt, few)).rejects.toThrow("disposed");
  expect(inferences).toHaveLength(1);
  uninstrument(model);
  expect(changedSince(prototypes)).toEqual([]);
  expect(await sample(memory, labels)).toBeUndefined();
  expect(diagnostics).toEqual([]);
});

test("what is disposed while it works rejects as it does without us, and is one failure", async () => {
  const dispose = async (session: LlamaChatSession) => {
    const disposals: Promise<void>[] = [];
    const onToken = () => void disposals.push(session.context.dispose());
    const error = await session.prompt(prompt, { onToken }).catch((rejected: unknown) => rejected);
    await Promise.all(disposals);
    return error;
  };
  const bare = await dispose(newSession(context.getSequence()));
  const { aiwatch, inferences } = createTestAiwatch();
  const other = await model.createContext({ contextSize: 512, threads: 1 });
  instrumentModel(other, { aiwatch });
  const observed = await dispose(newSession(other.getSequence()));
  expect(observed).toEqual(bare);
  expect(observed).toBeInstanceOf(Error);
  expect(inferences).toMatchObject([{ failure: { type: "disposed" }, finishReason: { unified: "error" } }]);
  expect(hostOf(aiwatch).models.read().get("tiny-chat")).toMatchObject({ activeInferences: 0, queuedInferences: 0 });
});
