import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { llama, loadTinyModel } from "../test-support/engine.ts";
import { changedSince, patchable, snapshot } from "../test-support/engine-objects.ts";
import { newSession } from "../test-support/sessions.ts";

/** A method that cannot be replaced. (An object that takes no new property at all would not work in the engine's own hands.) */
function fix(target: object, method: string): void {
  Object.defineProperty(target, method, { value: Reflect.get(target, method), configurable: false, writable: false });
}

const cases = [
  ["model", "createContext", "model"],
  ["context", "getSequence", "context"],
  ["sequence", "evaluateWithMetadata", "sequence"],
  ["sequence", "evaluateWithMetadata", "session"],
  ["session", "completePromptWithMeta", "session"],
  ["meter", "useTokens", "sequence"],
  ["meter", "useTokens", "session"],
] as const;

test.each(cases)(
  "where a %s's %s is fixed, a %s works unobserved, and nothing is left on it",
  async (owner, method, kind) => {
    const model = await loadTinyModel("chat");
    const context = await model.createContext({ contextSize: 512, threads: 1 });
    const sequence = context.getSequence();
    const session = newSession(sequence);
    const targets = { ...(await patchable(model, context, sequence)), session } as Readonly<Record<string, object>>;
    fix(targets[owner]!, method);
    const before = snapshot(targets);
    const { aiwatch, diagnostics, inferences, sample } = createTestAiwatch();
    const target = targets[kind] as typeof model;
    expect(instrumentModel(target, { aiwatch })).toBe(target);
    expect(diagnostics.map(({ source }) => source)).toEqual(["adapter"]);
    expect(changedSince(before)).toEqual([]);
    expect(await sample("genai_app_llamacpp_context_size", { model: "tiny-chat" })).toBeUndefined();
    expect(await sample("genai_app_model_memory_bytes", { model: "tiny-chat" })).toBeUndefined();
    expect(await session.prompt("Tell me", { maxTokens: 3 })).not.toBe("");
    expect(inferences).toEqual([]);
    await model.dispose();
  },
);

test("where the native context's batches cannot be told, all else is observed", async () => {
  const model = await loadTinyModel("chat");
  const context = await model.createContext({ contextSize: 512, threads: 1 });
  fix(Reflect.get(context, "_ctx"), "initBatch");
  const { aiwatch, diagnostics, inferences } = createTestAiwatch();
  instrumentModel(context, { aiwatch });
  await newSession(context.getSequence()).prompt("Tell me", { maxTokens: 3 });
  expect(inferences).toMatchObject([{ outputTokens: 3 }]);
  expect(new Set(diagnostics.map(({ what }) => what))).toEqual(new Set(["tapping a context's batches"]));
  await model.dispose();
});

test("a Llama whose loadModel is fixed loads unobserved", async () => {
  const engine = await llama();
  fix(engine, "loadModel");
  const { aiwatch, diagnostics } = createTestAiwatch();
  expect(instrumentModel(engine, { aiwatch })).toBe(engine);
  expect(diagnostics).toHaveLength(1);
  const model = await loadTinyModel("chat");
  expect(Object.hasOwn(model, "createContext")).toBe(false);
  await model.dispose();
});
