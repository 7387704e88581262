import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { newSession } from "../test-support/sessions.ts";

async function observed(systemPrompt = "") {
  const context = await tinyContext({ contextSize: 512 });
  const seen = createTestAiwatch();
  const contextSequence = context.getSequence();
  const session = instrumentModel(newSession(contextSequence, { systemPrompt }), { aiwatch: seen.aiwatch });
  return { ...seen, context, session };
}

test("a system prompt that the context cannot hold is an overflow", async () => {
  const { context, session, inferences, sample } = await observed("You write one short answer. ".repeat(200));
  await expect(session.prompt("Tell me about the local model")).rejects.toThrow();
  expect(inferences.map(({ failure }) => failure)).toEqual([{ type: "context_overflow" }]);
  const labels = { type: "context_overflow", operation: "inference" };
  expect(await sample("genai_app_errors_total", labels)).toBe(1);
  await context.dispose();
});

test("a context that is disposed in the answer", async () => {
  const { context, session, inferences } = await observed();
  const pending: Promise<void>[] = [];
  const prompt = session.prompt("Tell me about the local model", {
    onToken: () => void pending.push(context.dispose()),
  });
  await expect(prompt).rejects.toThrow("Object is disposed");
  await Promise.all(pending);
  expect(inferences.map(({ failure, outputTokens }) => ({ failure, outputTokens }))).toEqual([
    { failure: { type: "disposed" }, outputTokens: expect.any(Number) },
  ]);
});
