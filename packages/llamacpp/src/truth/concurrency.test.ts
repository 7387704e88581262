import { setImmediate } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { watchNatively } from "../test-support/native-batches.ts";
import { rigUp } from "../test-support/rig.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";

test("two sessions that share a context are told apart, token by token", async () => {
  const bareContext = await tinyContext({ sequences: 2 });
  const context = await tinyContext({ sequences: 2 });
  const { aiwatch, inferences, sample } = createTestAiwatch();
  const chats = [
    { text: prompt, maxTokens: 12 },
    { text: `${prompt} `.repeat(8), maxTokens: 7 },
  ];

  const answers = await Promise.all(
    [bareContext, context].flatMap((shared) =>
      chats.map(async ({ text, maxTokens }) => {
        const contextSequence = shared.getSequence();
        const session = newSession(contextSequence);
        if (shared === context) instrumentModel(session, { aiwatch });
        const answer = await session.prompt(text, { temperature: 0.8, seed: 7, maxTokens });
        return { answer, tokens: contextSequence.contextTokens };
      }),
    ),
  );

  expect(answers.slice(2)).toEqual(answers.slice(0, 2));
  expect(inferences).toHaveLength(2);
  for (const [index, { maxTokens }] of chats.entries()) {
    const record = inferences.find(({ parameters }) => parameters.maxTokens === maxTokens)!;
    expect(record.outputTokens).toBe(maxTokens);
    expect(record.promptTokens).toBe(answers[index]!.tokens.length - (maxTokens - 1));
    expect(record.cachedPromptTokens).toBe(0);
  }
  // one model and one context, however many sessions
  const model = "tiny-chat";
  expect(await sample("genai_app_model_memory_bytes", { model })).toBe(context.model.size);
  expect(await sample("genai_app_llamacpp_context_size", { model })).toBe(context.contextSize);
  await Promise.all([bareContext.dispose(), context.dispose()]);
});

test("the second of two prompts on one session waits in the queue", async () => {
  const { context, session, sequence } = await rigUp();
  const { aiwatch, inferences } = createTestAiwatch();
  instrumentModel(session, { aiwatch });
  const options = { maxTokens: 15 };
  await Promise.all([session.prompt(prompt, options), session.prompt("Tell me more", options)]);

  const [first, second] = inferences;
  expect(inferences).toHaveLength(2);
  expect(second!.queueMs!).toBeGreaterThanOrEqual(first!.durationMs! - first!.queueMs!);
  expect(second!.firstTokenMs!).toBeGreaterThan(second!.queueMs!);
  expect(second!.cachedPromptTokens!).toBeGreaterThan(0);
  expect(second!.promptTokens! + second!.outputTokens! - 1).toBe(sequence.contextTokens.length);
  await context.dispose();
});

test("an aborted chat is one record, and the model stops", async () => {
  const rig = await rigUp();
  const { aiwatch, inferences } = createTestAiwatch();
  instrumentModel(rig.session, { aiwatch });
  let decodes = 0;
  rig.onDecode = () => {
    decodes += 1;
  };
  const controller = new AbortController();
  const reason = new Error("the user left");
  const chat = rig.session.prompt(prompt, { signal: controller.signal, onToken: () => controller.abort(reason) });
  await expect(chat).rejects.toBe(reason);

  const stopped = { decodes, position: rig.sequence.nextTokenIndex, used: rig.sequence.tokenMeter.getState() };
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  expect({ decodes, position: rig.sequence.nextTokenIndex, used: rig.sequence.tokenMeter.getState() }).toEqual(stopped);
  expect(inferences.map(({ finishReason }) => finishReason)).toEqual([{ unified: "aborted" }]);
  expect(decodes).toBe(inferences[0]!.outputTokens);
  await rig.context.dispose();
});

test("a prompt that a callback issues is an inference of its own", async () => {
  const { context, session } = await rigUp();
  const { aiwatch, inferences } = createTestAiwatch();
  instrumentModel(session, { aiwatch });
  let second: Promise<string> | undefined;
  await session.prompt(prompt, {
    maxTokens: 3,
    onToken: () => {
      second ??= session.prompt("Tell me more", { maxTokens: 4 });
    },
  });
  await second;
  expect(inferences.map(({ outputTokens }) => outputTokens)).toEqual([3, 4]);
  await context.dispose();
});

test("a completion that gives way to a prompt is aborted", async () => {
  const { context, session } = await rigUp();
  const { aiwatch, inferences } = createTestAiwatch();
  instrumentModel(session, { aiwatch });
  let prompted: Promise<string> | undefined;
  const completion = session.completePrompt("Tell me about", {
    maxTokens: 50,
    onToken: () => {
      prompted ??= session.prompt(prompt, { maxTokens: 3 });
    },
  });
  await expect(completion).rejects.toThrow();
  await prompted;
  expect(inferences.map(({ operation, finishReason }) => [operation, finishReason.unified])).toEqual([
    ["text_completion", "aborted"],
    ["chat", "length"],
  ]);
  await context.dispose();
});

test("what a bare evaluation does on an observed sequence is nobody's", async () => {
  const { context, session, sequence } = await rigUp();
  const { aiwatch, inferences } = createTestAiwatch();
  instrumentModel(session, { aiwatch });
  const tokens = context.model.tokenize(prompt);
  for await (const _token of sequence.evaluate(tokens)) break;
  await sequence.evaluateWithoutGeneratingNewTokens(tokens);
  expect(inferences).toEqual([]);
  await session.prompt(prompt, { maxTokens: 2 });
  expect(inferences).toHaveLength(1);
  expect(inferences[0]!.promptTokens).toBe(sequence.contextTokens.length - 1);
  await context.dispose();
});

test("two sessions that prompt on one sequence at once keep their own queue and prefill", async () => {
  const context = await tinyContext();
  const native = watchNatively(context);
  const { aiwatch, inferences } = createTestAiwatch();
  const contextSequence = context.getSequence();
  const sessions = [newSession(contextSequence), newSession(contextSequence)];
  const options = { maxTokens: 1 };
  await Promise.all(sessions.map((session) => instrumentModel(session, { aiwatch }).prompt(prompt, options)));

  const decoded = native.decoded.flat().reduce((sum, { tokens }) => sum + tokens.length, 0);
  expect(inferences).toHaveLength(2);
  expect(inferences.map(({ queueMs }) => queueMs !== undefined)).toEqual([true, true]);
  // one token each: nothing that was generated is fed back
  expect(inferences.reduce((sum, { promptEvalTokens = 0 }) => sum + promptEvalTokens, 0)).toBe(decoded);
  expect(Math.min(...inferences.map(({ promptEvalTokens = 0 }) => promptEvalTokens))).toBeGreaterThan(0);
  await context.dispose();
});
