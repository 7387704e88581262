import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import type { LlamaChatSession, LlamaContextSequence, LlamaModel } from "node-llama-cpp";
import { describe, expect, onTestFinished, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { llama, loadTinyModel, tinyContext } from "../test-support/engine.ts";
import { sequenceUsers } from "../test-support/engine-objects.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";

async function loaded(variant: "chat" | "embedding" | "ranking" = "chat"): Promise<LlamaModel> {
  const engine = await llama();
  const model = await engine.loadModel({ modelPath: await ensureTinyModel({ variant }) });
  onTestFinished(() => model.dispose());
  return model;
}

const options = { contextSize: 512, threads: 1 };

/** Makes a sequence from above, instrumenting on the way what is named. */
async function sequenceUnder(observed: readonly string[], { aiwatch }: TestAiwatch): Promise<LlamaContextSequence> {
  const engine = await llama();
  if (observed.includes("llama")) instrumentModel(engine, { aiwatch });
  onTestFinished(() => uninstrument(engine));
  const model = await loaded();
  if (observed.includes("model")) instrumentModel(model, { aiwatch });
  const context = await model.createContext(options);
  if (observed.includes("context")) instrumentModel(context, { aiwatch });
  const sequence = context.getSequence();
  if (observed.includes("sequence")) instrumentModel(sequence, { aiwatch });
  return sequence;
}

describe("what is made from an instrumented object is observed, once", () => {
  test.each([
    [["llama"]],
    [["model"]],
    [["context"]],
    [["model", "sequence"]],
    [["llama", "model", "context", "sequence"]],
  ])("%s", async (observed) => {
    const seen = createTestAiwatch();
    const sequence = await sequenceUnder(observed, seen);
    for (const user of sequenceUsers) {
      for (const [name, call] of Object.entries(user.calls)) {
        await sequence.clearHistory();
        const before = seen.inferences.length;
        const caller = user.make(sequence);
        await call(caller as never);
        expect(seen.inferences.length - before, `${user.name}.${name}`).toBe(1);
        // instrumented itself as well, it is still observed once
        instrumentModel(caller as LlamaChatSession, { aiwatch: seen.aiwatch });
        await call(caller as never);
        expect(seen.inferences.length - before, `${user.name}.${name}, instrumented`).toBe(2);
      }
    }
    const before = seen.inferences.length;
    for await (const _token of sequence.evaluate(sequence.model.tokenize(prompt))) break;
    expect(seen.inferences.length - before).toBe(1);
    expect(seen.inferences.every(({ model }) => model === "tiny-chat")).toBe(true);
    expect(seen.diagnostics).toEqual([]);
  });

  test("a name that was given for a Llama is that of all its models", async () => {
    const engine = await llama();
    const { aiwatch, inferences, sample } = createTestAiwatch();
    instrumentModel(engine, { aiwatch, model: "ours" });
    const model = await loaded();
    const context = await model.createContext(options);
    await newSession(context.getSequence()).prompt(prompt, { maxTokens: 2 });
    const embedding = await (await loaded("embedding")).createEmbeddingContext(options);
    await embedding.getEmbeddingFor(prompt);
    uninstrument(engine);
    expect(inferences.map(({ model: name, operation }) => [name, operation])).toEqual([
      ["ours", "chat"],
      ["ours", "embeddings"],
    ]);
    expect(await sample("genai_app_llamacpp_context_size", { model: "ours" })).toBeUndefined();
  });
});

describe("embedding and ranking contexts", () => {
  const cases = {
    "of an instrumented Llama": ["llama"],
    "of an instrumented model": ["model"],
    "instrumented themselves": ["context"],
    "all together": ["llama", "model", "context"],
  };

  test.each(Object.entries(cases))("%s: each call is one inference", async (_, observed) => {
    const { aiwatch, inferences, diagnostics } = createTestAiwatch();
    const engine = await llama();
    onTestFinished(() => uninstrument(engine));
    if (observed.includes("llama")) instrumentModel(engine, { aiwatch });
    const [embedder, ranker] = [await loaded("embedding"), await loaded("ranking")];
    if (observed.includes("model")) for (const model of [embedder, ranker]) instrumentModel(model, { aiwatch });
    const embedding = await embedder.createEmbeddingContext(options);
    const ranking = await ranker.createRankingContext(options);
    if (observed.includes("context")) {
      instrumentModel(embedding, { aiwatch });
      instrumentModel(ranking, { aiwatch });
    }
    const { vector } = await embedding.getEmbeddingFor(prompt);
    await ranking.rank("the local model", "The local model reads.");
    const documents = ["The local model reads.", "The engine forgets the prompt.", "A prompt"];
    await ranking.rankAll("the local model", documents);
    await ranking.rankAndSort("the local model", documents);
    expect(inferences.map(({ operation }) => operation)).toEqual(["embeddings", "rerank", "rerank", "rerank"]);
    const inputLength = (document: string) => ranking.calculateInputLength("the local model", document);
    const all = documents.reduce((sum, document) => sum + inputLength(document), 0);
    expect(inferences.map(({ promptTokens }) => promptTokens)).toEqual([
      embedding.calculateInputLength(prompt),
      inputLength(documents[0]!),
      all,
      all,
    ]);
    for (const record of inferences) {
      expect(record.promptEvalTokens).toBe(record.promptTokens);
      expect(record).not.toHaveProperty("outputTokens");
      expect(record).not.toHaveProperty("firstTokenMs");
    }
    expect(inferences[0]!.dimensions).toBe(vector.length);
    expect(diagnostics).toEqual([]);
  });
});

describe("what was made before stays as it was", () => {
  test("models of a Llama, contexts of a model, sequences of a context", async () => {
    const engine = await llama();
    const model = await loadTinyModel("chat");
    const [own, other] = await Promise.all([1, 2].map(() => model.createContext({ ...options, sequences: 2 })));
    const before = { model, own, other };
    const sequence = own!.getSequence();
    const { aiwatch, inferences } = createTestAiwatch();
    const play = async (contextSequence: LlamaContextSequence) => {
      const session = newSession(contextSequence);
      await session.prompt(prompt, { maxTokens: 2 });
      session.dispose();
      return inferences.length;
    };
    instrumentModel(engine, { aiwatch });
    const third = await model.createContext(options);
    expect(await play(third.getSequence())).toBe(0);
    instrumentModel(model, { aiwatch });
    expect(await play(other!.getSequence())).toBe(0);
    instrumentModel(own!, { aiwatch });
    expect(await play(sequence)).toBe(0);
    expect(await play(own!.getSequence())).toBe(1);
    uninstrument(engine);
    uninstrument(own!);
    const fourth = await model.createContext(options);
    expect(await play(fourth.getSequence())).toBe(2);
    await before.model.dispose();
  });

  test("a session that was made before its sequence was instrumented is observed: its calls go through the class", async () => {
    const context = await tinyContext();
    const session = newSession(context.getSequence());
    const { aiwatch, inferences } = createTestAiwatch();
    instrumentModel(session.sequence, { aiwatch });
    await session.prompt(prompt, { maxTokens: 2 });
    expect(inferences.map(({ operation }) => operation)).toEqual(["chat"]);
    await context.dispose();
  });
});
