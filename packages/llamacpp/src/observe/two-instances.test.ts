import { createAiwatch } from "@aiwatch/core";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { watchNatively } from "../test-support/native-batches.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";
const few = { maxTokens: 2 };
const batches = "genai_app_llamacpp_decode_batch_tokens_count";
const labels = { model: "tiny-chat" };

test("each hears of its own sessions, and both of the batches that these share", async () => {
  const context = await tinyContext({ sequences: 2 });
  const [a, b] = [createTestAiwatch(), createTestAiwatch()];
  const [first, second] = [a, b].map(({ aiwatch }) => instrumentModel(newSession(context.getSequence()), { aiwatch }));
  await Promise.all([first!.prompt(prompt, few), second!.prompt(prompt, { maxTokens: 5 })]);
  expect([a, b].map(({ inferences }) => inferences.map(({ outputTokens }) => outputTokens))).toEqual([[2], [5]]);
  expect(await a.sample(batches, labels)).toBe(await b.sample(batches, labels));
  const tokens = await Promise.all([a, b].map(({ sample }) => sample("genai_app_llamacpp_context_tokens", labels)));
  expect(tokens).toEqual([first!.sequence.nextTokenIndex, second!.sequence.nextTokenIndex]);

  uninstrument(first!);
  await Promise.all([first!.prompt(prompt, few), second!.prompt(prompt, few)]);
  expect([a, b].map(({ inferences }) => inferences.length)).toEqual([1, 2]);
  expect(await a.sample("genai_app_llamacpp_context_size", labels)).toBeUndefined();
  expect(await b.sample("genai_app_llamacpp_context_size", labels)).toBe(context.contextSize);
  await context.dispose();
});

test("a session's own instance hears of it, and not that of its context", async () => {
  const context = await tinyContext();
  const [a, b] = [createTestAiwatch(), createTestAiwatch()];
  instrumentModel(context, { aiwatch: a.aiwatch });
  const contextSequence = context.getSequence();
  const session = instrumentModel(newSession(contextSequence), { aiwatch: b.aiwatch, model: "theirs" });
  await session.prompt(prompt, few);
  expect([a, b].map(({ inferences }) => inferences.map(({ model }) => model))).toEqual([[], ["theirs"]]);
  uninstrument(session);
  await session.prompt(prompt, few);
  expect([a, b].map(({ inferences }) => inferences.length)).toEqual([1, 1]);
  await context.dispose();
});

test("of one object the first instance hears, until it is uninstrumented", async () => {
  const context = await tinyContext();
  const [a, b] = [createTestAiwatch(), createTestAiwatch()];
  const session = newSession(context.getSequence());
  for (const { aiwatch } of [a, b, a]) expect(instrumentModel(session, { aiwatch })).toBe(session);
  await session.prompt(prompt, few);
  expect([a, b].map(({ inferences }) => inferences.length)).toEqual([1, 0]);
  uninstrument(session);
  instrumentModel(session, { aiwatch: b.aiwatch });
  await session.prompt(prompt, few);
  expect([a, b].map(({ inferences }) => inferences.length)).toEqual([1, 1]);
  await context.dispose();
});

test("on one registry a batch that their sessions share is one", async () => {
  const context = await tinyContext({ sequences: 2 });
  const native = watchNatively(context);
  const registry = new Registry();
  const [first] = [1, 2].map(() => {
    return instrumentModel(newSession(context.getSequence()), { aiwatch: createAiwatch({ registry }) });
  });
  await first!.prompt(prompt, few);
  const exposed = await registry.metrics();
  expect(exposed).toContain(`${batches}{model="tiny-chat"} ${native.decoded.length}`);
  await context.dispose();
});
