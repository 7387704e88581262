import { createTestAiwatch } from "@aiwatch/core/testing";
import type { ChatHistoryItem, LlamaChatSession, Token } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";
const sampling = { temperature: 0.8, seed: 7 };

/** The tokens that the chat's template makes of the history with one more prompt: asked of the tokenizer, not of the KV cache. */
function templateTokens(session: LlamaChatSession, text: string): Token[] {
  const chatHistory: ChatHistoryItem[] = [
    ...session.getChatHistory(),
    { type: "user", text },
    { type: "model", response: [] },
  ];
  const { contextText } = session.chatWrapper.generateContextState({ chatHistory });
  return contextText.tokenize(session.model.tokenizer);
}

function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  const different = a.findIndex((token, index) => token !== b[index]);
  return different < 0 ? a.length : different;
}

async function observed(options: Parameters<typeof tinyContext>[0] = {}, variant: "chat" | "endless" = "chat") {
  const context = await tinyContext(options, variant);
  const seen = createTestAiwatch();
  const contextSequence = context.getSequence();
  const session = instrumentModel(newSession(contextSequence), { aiwatch: seen.aiwatch });
  return { records: seen.inferences, sample: seen.sample, context, session, sequence: contextSequence };
}

describe("tokens", () => {
  test("prompt, cached and output tokens are those of the tokenizer and of the KV cache", async () => {
    const { session, sequence, records, context } = await observed();
    for (const text of [prompt, "Tell me more", prompt]) {
      const expected = templateTokens(session, text);
      const before = sequence.contextTokens;
      const delivered: Token[] = [];
      const { stopReason } = await session.promptWithMeta(text, {
        ...sampling,
        onToken: (tokens) => void delivered.push(...tokens),
      });
      const record = records.at(-1)!;
      expect(stopReason).toBe("eogToken");
      expect(record.promptTokens).toBe(expected.length);
      expect(record.cachedPromptTokens).toBe(commonPrefix(before, expected));
      expect(record.outputTokens).toBe(delivered.length + 1);
      expect(sequence.contextTokens).toEqual([...expected, ...delivered]);
    }
    expect(records).toHaveLength(3);
    expect(records[0]!.cachedPromptTokens).toBe(0);
    expect(records[1]!.cachedPromptTokens).toBeGreaterThan(0);
    await context.dispose();
  });

  test("a preloaded prompt is found cached by the prompt that follows", async () => {
    const { session, sequence, records, context, sample } = await observed();
    await session.preloadPrompt(prompt);
    const preloaded = sequence.contextTokens.length;
    await session.prompt(prompt, { ...sampling, maxTokens: 3 });
    const [preload, chat] = records;
    expect(preload).toMatchObject({ operation: "text_completion", promptTokens: preloaded, outputTokens: 0 });
    expect(chat).toMatchObject({ operation: "chat", cachedPromptTokens: preloaded, outputTokens: 3 });
    const input = { direction: "input", model: "tiny-chat" };
    const inputTokens = preload!.promptTokens! + chat!.promptTokens!;
    expect(await sample("genai_app_chat_tokens_total", input)).toBe(inputTokens);
    expect(await sample("genai_app_cached_prompt_tokens_total", { model: "tiny-chat" })).toBe(preloaded);
    await context.dispose();
  });
});

test("an answer longer than the context is counted to its last token", async () => {
  const { session, sequence, records, context } = await observed({ contextSize: 512 }, "endless");
  const prompted = templateTokens(session, prompt).length;
  let delivered = 0;
  await session.prompt(prompt, {
    maxTokens: 700,
    onToken: (tokens) => {
      delivered += tokens.length;
    },
  });
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ finishReason: { unified: "length" }, cachedPromptTokens: 0, outputTokens: 700 });
  expect(delivered).toBe(700);
  // the context was shifted: what it keeps was evaluated again, and is no new prompt
  expect(sequence.contextTokens.length).toBeLessThan(prompted + 699);
  expect(records[0]!.promptTokens).toBe(prompted);
  await context.dispose();
});
