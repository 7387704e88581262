import { type ChatModelResponse, type ChatModelSegment, LlamaChatSession } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Loaded, load, unreadable } from "./test-support/tiny-models.ts";
import { thoughtTokens } from "./vocabulary/special-tokens.ts";

const thoughtForm = /^(?:Hmm|Okay|Well|Wait): some\w+ \w+s about \w+; (?:therefore|hence) \w+ \w+s most\.\.\.$/;

describe("thinking", () => {
  let loaded: Loaded;
  let session: LlamaChatSession;

  beforeAll(async () => {
    loaded = await load({ variant: "thinking" });
    const context = await loaded.model.createContext({ threads: 1, contextSize: 1024 });
    session = new LlamaChatSession({ contextSequence: context.getSequence() });
  });
  afterAll(async () => await loaded[Symbol.asyncDispose]());

  const thoughtsOf = (response: ChatModelResponse["response"]): ChatModelSegment[] =>
    response.filter((part): part is ChatModelSegment => typeof part !== "string" && part.type === "segment");

  it("is taken for a model that thinks", () => {
    const { model } = loaded;
    expect(session.chatWrapper.wrapperName).toBe("JinjaTemplate");
    expect(session.chatWrapper.settings.segments?.thought?.prefix).toBeDefined();
    expect(model.tokenize(`a ${thoughtTokens.start} b`)).toHaveLength(5);
  });

  it("thinks, answers and stops without any luck", async () => {
    session.resetChatHistory();
    const { response, responseText, stopReason } = await session.promptWithMeta("Hello?");
    expect(stopReason).toBe("eogToken");
    expect(thoughtsOf(response)).toMatchObject([
      {
        segmentType: "thought",
        text: "Hmm: somebody wonders about myself; therefore honesty matters most...",
        ended: true,
      },
    ]);
    expect(unreadable(responseText)).toEqual([]);
    expect(response.at(-1)).toBe(responseText);
  });

  it("thinks before each answer, under every seed", async () => {
    session.resetChatHistory();
    for (let seed = 1; seed <= 20; seed++) {
      const { response, responseText, stopReason } = await session.promptWithMeta("Why?", { temperature: 0.9, seed });
      expect(stopReason).toBe("eogToken");
      expect(thoughtsOf(response).map(({ text }) => thoughtForm.test(text) || text)).toEqual([true]);
      expect(unreadable(responseText), responseText).toEqual([]);
    }
  });

  it.each([
    [0, ""],
    [3, "Hmm: somebody"],
  ])("ends the thought on a budget of %d tokens, and answers", async (thoughtTokens, expected) => {
    session.resetChatHistory();
    const { response, responseText, stopReason } = await session.promptWithMeta("Hello?", {
      budgets: { thoughtTokens },
    });
    expect(stopReason).toBe("eogToken");
    expect(thoughtsOf(response)).toMatchObject([{ text: expected, ended: true }]);
    expect(unreadable(responseText)).toEqual([]);
  });

  it("streams the thought apart from the answer", async () => {
    session.resetChatHistory();
    const chunks: { type: string | undefined; text: string }[] = [];
    const answer = await session.prompt("Hello?", {
      onResponseChunk: ({ type, text }) => void chunks.push({ type, text }),
    });
    const said = (type?: string) =>
      chunks
        .filter((chunk) => chunk.type === type)
        .map(({ text }) => text)
        .join("");
    expect(said("segment")).toMatch(thoughtForm);
    expect(said()).toBe(answer);
  });
});
