import { createTestAiwatch } from "@aiwatch/core/testing";
import type {
  Llama,
  LlamaChat,
  LlamaChatSession,
  LlamaCompletion,
  LlamaContext,
  LlamaContextSequence,
  LlamaEmbeddingContext,
  LlamaGrammar,
  LlamaModel,
  LlamaRankingContext,
} from "node-llama-cpp";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { Instrumentable } from "../engine/types.ts";
import { type InstrumentOptions, instrumentModel, uninstrument } from "../instrument-model.ts";
import { llama, tinyContext, tinyModel } from "../test-support/engine.ts";
import { newChat, newSession } from "../test-support/sessions.ts";

const options = (): InstrumentOptions => ({ aiwatch: createTestAiwatch().aiwatch });

describe("by the types", () => {
  test("each class of the engine is accepted, and comes back as what it was", () => {
    expectTypeOf<Llama>().toExtend<Instrumentable>();
    expectTypeOf<LlamaModel>().toExtend<Instrumentable>();
    expectTypeOf<LlamaContext>().toExtend<Instrumentable>();
    expectTypeOf<LlamaContextSequence>().toExtend<Instrumentable>();
    expectTypeOf<LlamaChatSession>().toExtend<Instrumentable>();
    expectTypeOf<LlamaChat>().toExtend<Instrumentable>();
    expectTypeOf<LlamaCompletion>().toExtend<Instrumentable>();
    expectTypeOf<LlamaEmbeddingContext>().toExtend<Instrumentable>();
    expectTypeOf<LlamaRankingContext>().toExtend<Instrumentable>();
    expectTypeOf<ReturnType<typeof instrumentModel<LlamaChatSession>>>().toEqualTypeOf<LlamaChatSession>();
    expectTypeOf<LlamaGrammar>().not.toExtend<Instrumentable>();
    expectTypeOf<typeof LlamaChatSession>().not.toExtend<Instrumentable>();
  });

  test("a forgotten `await` is refused, by the types and then", async () => {
    const context = tinyContext();
    const sequence = context.then((made) => made.getSequence());
    const refuse = (instrument: () => unknown) => {
      expect(instrument).toThrowError(expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT" }));
      expect(instrument).toThrowError("a Promise: did you forget `await`?");
    };
    // @ts-expect-error a promise of a Llama
    refuse(() => instrumentModel(llama(), options()));
    // @ts-expect-error a promise of a model
    refuse(() => instrumentModel(tinyModel(), options()));
    // @ts-expect-error a promise of a context
    refuse(() => instrumentModel(context, options()));
    // @ts-expect-error a promise of a sequence
    refuse(() => instrumentModel(sequence, options()));
    const session = sequence.then((made) => newSession(made));
    // @ts-expect-error a promise of a session
    refuse(() => instrumentModel(session, options()));
    const chat = sequence.then((made) => newChat(made));
    // @ts-expect-error a promise of a chat
    refuse(() => instrumentModel(chat, options()));
    const embedding = tinyModel("embedding").then((model) => model.createEmbeddingContext({ contextSize: 512 }));
    // @ts-expect-error a promise of an embedding context
    refuse(() => instrumentModel(embedding, options()));
    const ranking = tinyModel("ranking").then((model) => model.createRankingContext({ contextSize: 512 }));
    // @ts-expect-error a promise of a ranking context
    refuse(() => instrumentModel(ranking, options()));
    await Promise.all([session, chat, embedding, ranking]);
    await Promise.all([(await context).dispose(), (await embedding).dispose(), (await ranking).dispose()]);
  });

  test("a model's name is a text", async () => {
    const model = await tinyModel();
    for (const name of [5, {}, Symbol("name"), null, "", " \n"]) {
      // @ts-expect-error all but a text; an empty one is refused as it runs
      const wrong: InstrumentOptions = { ...options(), model: name };
      expect(() => instrumentModel(model, wrong)).toThrowError("the option model of instrumentModel()");
    }
    expect(Object.hasOwn(model, "createContext")).toBe(false);
  });
});

describe("what is disposed is refused by its name", () => {
  test("each kind", async () => {
    const context = await tinyContext();
    const sequence = context.getSequence();
    const [session, chat] = [newSession(sequence), newChat(sequence)];
    await context.dispose();
    const refused = [
      [context, "a LlamaContext that is disposed"],
      [sequence, "a LlamaContextSequence that is disposed"],
    ] as const;
    for (const [target, words] of refused) expect(() => instrumentModel(target, options())).toThrowError(words);
    session.dispose();
    chat.dispose();
    expect(() => instrumentModel(session, options())).toThrowError("a LlamaChatSession that is disposed");
    expect(() => instrumentModel(chat, options())).toThrowError("a LlamaChat that is disposed");
  });
});

test("what is not observed, or is no object, can be uninstrumented without harm", async () => {
  const model = await tinyModel();
  for (const target of [model, {}, null, undefined, "model", 5, () => {}]) {
    // @ts-expect-error not all are objects
    expect(() => uninstrument(target)).not.toThrow();
  }
});
