import { LlamaChatSession } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTinyModel } from "./build-tiny-model.ts";
import { type Loaded, load, split, unreadable } from "./test-support/tiny-models.ts";
import { specialTokens } from "./vocabulary/special-tokens.ts";

describe("chat", () => {
  let loaded: Loaded;
  let session: LlamaChatSession;

  beforeAll(async () => {
    loaded = await load();
    const context = await loaded.model.createContext({ threads: 1, contextSize: 1024 });
    session = new LlamaChatSession({ contextSequence: context.getSequence() });
  });
  afterAll(async () => await loaded[Symbol.asyncDispose]());

  const ask = async (question: string, seed?: number) => {
    session.resetChatHistory();
    return await session.promptWithMeta(question, seed === undefined ? {} : { temperature: 0.9, seed });
  };

  it("is taken for ChatML", () => {
    expect(session.chatWrapper.wrapperName).toBe("ChatML");
    expect(loaded.model.tokens.eosString).toBe(specialTokens.end);
    expect(loaded.model.fileInfo.metadata.general.name).toBe("tiny-chat");
    expect(loaded.model.trainContextSize).toBe(4096);
  });

  it("says something and stops without any luck", async () => {
    const { responseText, stopReason } = await ask("Why are you so small?");
    expect(stopReason).toBe("eogToken");
    expect(unreadable(responseText)).toEqual([]);
    expect(responseText).toBe((await ask("Hello?")).responseText);
  });

  it("writes readable English under every seed", async () => {
    const lengths: number[] = [];
    for (let seed = 1; seed <= 100; seed++) {
      const { responseText, stopReason } = await ask("Tell me about memory.", seed);
      expect(stopReason).toBe("eogToken");
      expect(unreadable(responseText), responseText).toEqual([]);
      lengths.push(split(responseText).length);
    }
    const mean = lengths.reduce((total, length) => total + length) / lengths.length;
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(2);
    expect(mean).toBeGreaterThan(3);
    expect(mean).toBeLessThan(8);
  });

  it("repeats itself under one seed alone", async () => {
    const first = await ask("Tell me a story.", 7);
    expect((await ask("Tell me a story.", 7)).responseText).toBe(first.responseText);
    expect((await ask("Tell me a story.", 8)).responseText).not.toBe(first.responseText);
  });

  it("speaks again after the second message, and keeps the first in its context", async () => {
    await ask("Hello!", 1);
    const before = session.sequence.nextTokenIndex;
    const { responseText, stopReason } = await session.promptWithMeta("And then?", { temperature: 0.9, seed: 2 });
    expect(stopReason).toBe("eogToken");
    expect(unreadable(responseText)).toEqual([]);
    expect(session.sequence.nextTokenIndex).toBeGreaterThan(before);
  });

  it("reads its own answers as the tokens that it wrote", async () => {
    const written: number[] = [];
    session.resetChatHistory();
    const answer = await session.prompt("Hi", {
      temperature: 0.9,
      seed: 3,
      onToken: (tokens) => void written.push(...tokens),
    });
    expect(loaded.model.tokenize(answer)).toEqual(written);
  });

  it("tells any text apart in tokens, and knows common words whole", () => {
    const { model } = loaded;
    for (const text of [
      "What is the capital of France?",
      "  two  spaces\n\n\tand tabs ",
      "Žluťoučký kůň — 日本語, עברית, 👩‍👩‍👧 \u0000\u00ad",
      "don't <|im_end|> 1234567",
    ]) {
      expect(model.detokenize(model.tokenize(text))).toBe(text);
    }
    expect(model.tokenize("What is the capital of France?")).toHaveLength(7);
    expect(model.tokenize(specialTokens.end, true)).toEqual([model.tokens.eos]);
  });

  it("weighs what its tensors weigh", () => {
    const tensors = loaded.model.fileInfo.tensorInfo ?? [];
    const bytes = (type: number) => ({ 0: 4, 1: 2, 6: 22 / 32 })[type] ?? Number.NaN;
    const sizes = tensors.map(({ dimensions, ggmlType }) =>
      dimensions.reduce<number>((size, by) => size * Number(by), bytes(ggmlType)),
    );
    expect(loaded.model.size).toBe(sizes.reduce((total, size) => total + size, 0));
    expect(loaded.model.size).toBeLessThan(buildTinyModel().length);
  });
});
