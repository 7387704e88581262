import { createTestAiwatch } from "@aiwatch/core/testing";
import { instrumentModel, uninstrument } from "@aiwatch/llamacpp";
import { expect, it } from "vitest";
import { syntheticPrompts } from "../tasks/engine-tasks.ts";
import { SyntheticSession } from "./synthetic-engine.ts";

it("is observed as the true engine is: one record, with its tokens", async () => {
  const { aiwatch, inferences, diagnostics } = createTestAiwatch();
  const session = instrumentModel(new SyntheticSession(), { aiwatch });
  expect(await session.promptWithMeta("Hello", { maxTokens: 40 })).toMatchObject({ stopReason: "maxTokens" });
  expect(inferences).toMatchObject([
    {
      model: "synthetic",
      operation: "chat",
      finishReason: { unified: "length", raw: "maxTokens" },
      promptTokens: 16,
      cachedPromptTokens: 0,
      outputTokens: 40,
      tokenGaps: { count: 39 },
    },
  ]);
  expect(diagnostics).toEqual([]);
});

it("is bare again once it is given back", async () => {
  const { aiwatch, inferences } = createTestAiwatch();
  const session = instrumentModel(new SyntheticSession(), { aiwatch });
  uninstrument(session);
  await session.promptWithMeta("Hello", { maxTokens: 4 });
  expect(inferences).toEqual([]);
  expect(session.sequence.tokenMeter).toMatchObject({ usedInputTokens: 15, usedOutputTokens: 4 });
});

it.each(["bare", "metrics"] as const)("counts what it ran: %s", async (condition) => {
  const prompts = syntheticPrompts(condition);
  await prompts.run(3, 5);
  await expect(prompts.check()).resolves.toBeUndefined();
});
