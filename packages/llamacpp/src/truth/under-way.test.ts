import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { newSession } from "../test-support/sessions.ts";

test("a scrape at each token of a chat finds what came by then, thoughts included", async () => {
  const context = await tinyContext({}, "thinking");
  const { aiwatch, sample, inferences, diagnostics } = createTestAiwatch();
  const session = instrumentModel(newSession(context.getSequence()), { aiwatch });
  const model = "tiny-thinking";
  const reads: Promise<(number | undefined)[]>[] = [];
  const read = () =>
    Promise.all([
      sample("genai_app_chat_tokens_total", { direction: "input", model }),
      sample("genai_app_chat_tokens_total", { direction: "output", model }),
      sample("genai_app_reasoning_tokens_total", { model }),
      sample("genai_app_llamacpp_prompt_eval_tokens_total", { model }),
      sample("genai_app_inter_token_latency_seconds_count", { model }),
      sample("genai_app_first_token_latency_seconds_count", { model }),
    ]);
  await session.prompt("Tell me about the local model", { seed: 7, onResponseChunk: () => void reads.push(read()) });
  const during = await Promise.all(reads);
  const [record] = inferences;
  const { promptTokens, outputTokens = 0, reasoningTokens = 0, promptEvalTokens, tokenGaps } = record!;
  expect(reasoningTokens).toBeGreaterThan(0);
  const final = [promptTokens, outputTokens, reasoningTokens, promptEvalTokens, tokenGaps?.count, 1];
  expect(await read()).toEqual(final);
  // the prompt and the first token are known from the first chunk on, the rest comes token by token
  for (const [input, , , prefilled, , firstTokens] of during) {
    expect([input, prefilled, firstTokens]).toEqual([promptTokens, promptEvalTokens, 1]);
  }
  const column = (index: number) => during.map((figures) => figures[index] ?? 0);
  for (const index of [1, 2, 4]) expect(column(index)).toEqual(column(index).toSorted((a, b) => a - b));
  expect(new Set(column(1)).size).toBeGreaterThan(outputTokens / 2);
  expect(column(2)[0]).toBeLessThan(reasoningTokens);
  expect(column(2)).toContain(reasoningTokens);
  expect(diagnostics).toEqual([]);
  await context.dispose();
});
