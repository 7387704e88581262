import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";

/** Stands for a release whose sessions can change their sequence: none of today's does. */
function sequenceNamed(name: string, contextSize: number) {
  return {
    nextTokenIndex: 3,
    context: { contextSize },
    model: { fileInfo: { metadata: { general: { name } } } },
    async *evaluateWithMetadata(_tokens: readonly number[]) {
      yield 1;
      yield 2;
    },
    async *evaluate(tokens: readonly number[]): AsyncGenerator<number> {
      yield* this.evaluateWithMetadata(tokens);
    },
  };
}

test("a session that changes its sequence is followed, and the one it left is as it was", async () => {
  const first = sequenceNamed("first", 10);
  const second = sequenceNamed("second", 20);
  const session = {
    sequence: first,
    async promptWithMeta(_text: string) {
      for await (const _token of this.sequence.evaluate([7, 8]));
      return { stopReason: "eogToken" };
    },
    async completePromptWithMeta() {},
  };
  const { aiwatch, inferences, sample } = createTestAiwatch();
  instrumentModel(session, { aiwatch });
  await session.promptWithMeta("one");
  const before = Object.keys(Object.getOwnPropertyDescriptors(second));
  session.sequence = second;
  await session.promptWithMeta("two");

  expect(inferences.map(({ model }) => model)).toEqual(["first", "second"]);
  for (const record of inferences) {
    expect(record).toMatchObject({ cachedPromptTokens: 3, promptTokens: 5, outputTokens: 2 });
  }
  expect(await sample("genai_app_llamacpp_context_size", { model: "first" })).toBeUndefined();
  expect(await sample("genai_app_llamacpp_context_size", { model: "second" })).toBe(20);
  session.sequence = first;
  await session.promptWithMeta("three");
  expect(Object.keys(Object.getOwnPropertyDescriptors(second))).toEqual(before);
});
