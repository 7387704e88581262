import { setImmediate } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { hostOf } from "../test-support/host.ts";
import { decodedTokens, watchNatively } from "../test-support/native-batches.ts";

async function pair() {
  const context = await tinyContext({ contextSize: 1024, sequences: 2 }, "endless");
  const native = watchNatively(context);
  const [bare, observed] = [context.getSequence(), context.getSequence()];
  const seen = createTestAiwatch();
  instrumentModel(observed, { aiwatch: seen.aiwatch });
  return { ...seen, context, native, bare, observed };
}

const tokensOf = ({ model }: LlamaContextSequence, text = "Tell me about the local model") => model.tokenize(text);

test("a generator that is never asked evaluates nothing and records nothing", async () => {
  const { context, native, observed, aiwatch, inferences } = await pair();
  const generators = [observed.evaluate(tokensOf(observed)), observed.evaluateWithMetadata(tokensOf(observed), {})];
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  expect(hostOf(aiwatch).models.read().get("tiny-endless")).not.toHaveProperty("activeInferences");
  for (const generator of generators) expect(await generator.return()).toEqual({ done: true, value: undefined });
  expect([native.decoded.length, observed.nextTokenIndex, inferences.length]).toEqual([0, 0, 0]);
  await context.dispose();
});

test("one that is asked now and then evaluates one token for each asking", async () => {
  const { context, native, observed, inferences } = await pair();
  const input = tokensOf(observed);
  const generator = observed.evaluate(input);
  for (let asked = 1; asked <= 4; asked++) {
    await generator.next();
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    expect(native.sampledAt).toHaveLength(asked);
    expect(observed.nextTokenIndex).toBe(input.length + asked - 1);
    expect(inferences).toEqual([]);
  }
  await generator.return();
  expect(inferences).toMatchObject([{ outputTokens: 4, promptTokens: input.length, undeliveredTokens: 0 }]);
  await context.dispose();
});

test("tokens that the consumer replaces are replaced, one by one or by several", async () => {
  const { context, native, bare, observed, inferences } = await pair();
  const replace = async (sequence: LlamaContextSequence) => {
    const generator = sequence.evaluate(tokensOf(sequence));
    const [one, ...several] = tokensOf(sequence, "the engine forgets the prompt");
    const tokens: (Token | undefined)[] = [];
    for (const replacement of [undefined, one, undefined, several, undefined]) {
      const { value } = await generator.next(replacement as Token | Token[]);
      tokens.push(value ?? undefined);
    }
    await generator.return();
    return { tokens, contextTokens: sequence.contextTokens };
  };
  const expected = await replace(bare);
  const before = decodedTokens(native);
  expect(await replace(observed)).toEqual(expected);
  expect(inferences).toMatchObject([{ outputTokens: 5, promptTokens: tokensOf(observed).length }]);
  expect(decodedTokens(native)).toBe(2 * before);
  await context.dispose();
});

test("its promises, errors and the ways to leave it are the engine's", async () => {
  const { context, bare, observed, inferences } = await pair();
  const leave = async (sequence: LlamaContextSequence) => {
    const thrown = sequence.evaluateWithMetadata(tokensOf(sequence), {});
    await thrown.next();
    const reason = new Error("the app's own");
    const error = await thrown.throw(reason).catch((rejected: unknown) => rejected);
    const returned = sequence.evaluateWithMetadata(tokensOf(sequence), {});
    await returned.next();
    const left = await returned.return();
    return [error === reason, await thrown.next(), left, await returned.next(), Object.keys(thrown), String(thrown)];
  };
  expect(await leave(observed)).toEqual(await leave(bare));
  expect(inferences.map(({ finishReason }) => finishReason)).toEqual([
    { unified: "aborted", raw: "throw" },
    { unified: "aborted", raw: "return" },
  ]);
  await context.dispose();
});

test("an empty input generates nothing", async () => {
  const { context, bare, observed, inferences } = await pair();
  expect(await observed.evaluate([]).next()).toEqual(await bare.evaluate([]).next());
  expect(inferences).toMatchObject([{ promptTokens: 0, finishReason: { unified: "stop" } }]);
  expect(inferences[0]!.outputTokens ?? 0).toBe(0);
  await context.dispose();
});

test("what the engine evaluates again because the app erased tokens is no inference", async () => {
  const { context, native, observed, inferences, diagnostics } = await pair();
  const input = tokensOf(observed);
  await observed.evaluateWithoutGeneratingNewTokens(input);
  await observed.eraseContextTokenRanges([{ start: 0, end: 2 }]);
  expect(native.decoded).toHaveLength(2);
  expect(observed.contextTokens).toEqual(input.slice(2));
  expect(inferences).toMatchObject([{ promptTokens: input.length, promptEvalTokens: input.length }]);
  expect(diagnostics).toEqual([]);
  await context.dispose();
});
