import { withHelper } from "@aiwatch/core";
import { aiwatchNode } from "@aiwatch/core/node";
import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { testServer } from "@aiwatch/testkit";
import { expect, onTestFinished, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { newSession } from "../test-support/sessions.ts";

const prompt = "Tell me about the local model";
const wait = { requestFirstTokenMs: expect.any(Number), beforeModelMs: expect.any(Number) };

/** The requests and the inferences of one request in which `answer` runs. */
async function askedOnce({ aiwatch, ...seen }: TestAiwatch, answer: () => Promise<unknown>) {
  let closed = () => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const server = await testServer(
    aiwatchNode(async (_req, res) => {
      res.on("close", closed);
      await answer();
      res.end("answered");
    }, aiwatch),
  );
  await (await fetch(server.url)).text();
  await isClosed;
  await server.close();
  const [request] = seen.requests;
  return { request, inferences: seen.inferences };
}

async function twoSequences() {
  const context = await tinyContext({ sequences: 2 });
  onTestFinished(() => context.dispose());
  return [context.getSequence(), context.getSequence()] as const;
}

test("begins at the request's arrival, and ends with the first token of the session that a reader reads", async () => {
  const [one, two] = await twoSequences();
  const seen = createTestAiwatch();
  const { aiwatch } = seen;
  const session = instrumentModel(newSession(one), { aiwatch });
  const titles = instrumentModel(newSession(two), { aiwatch, forReader: false });
  const { request, inferences } = await askedOnce(seen, async () => {
    await withHelper(() => session.prompt(prompt, { maxTokens: 2 }));
    await Promise.all([titles.prompt(prompt, { maxTokens: 2 }), session.prompt(prompt, { maxTokens: 3 })]);
    await session.prompt(prompt, { maxTokens: 2 });
  });
  expect(inferences).toHaveLength(4);
  const waited = inferences.filter(({ requestFirstTokenMs }) => requestFirstTokenMs !== undefined);
  expect(waited).toMatchObject([{ ...wait, outputTokens: 3 }]);
  const { requestFirstTokenMs = 0, beforeModelMs = 0, firstTokenMs = 0 } = waited[0] ?? {};
  expect(beforeModelMs + firstTokenMs).toBeCloseTo(requestFirstTokenMs, 6);
  expect(beforeModelMs).toBeGreaterThanOrEqual(inferences[0]?.durationMs ?? Number.NaN);
  expect(request).toMatchObject({ requestFirstTokenMs, beforeModelMs, chat: true });
  expect(await seen.sample("genai_app_request_first_token_seconds_count", { model: "tiny-chat" })).toBe(1);
});

test("is none of what an object of the helpers' makes, bare evaluations too, and those make no chat", async () => {
  const [one] = await twoSequences();
  const seen = createTestAiwatch();
  const { aiwatch } = seen;
  instrumentModel(one, { aiwatch, forReader: false });
  const session = newSession(one);
  const { request, inferences } = await askedOnce(seen, async () => {
    await session.prompt(prompt, { maxTokens: 2 });
    for await (const _ of one.evaluate([1, 2] as never[])) break;
  });
  expect(inferences.map(({ operation }) => operation)).toEqual(["chat", "text_completion"]);
  expect(request).toMatchObject({ chat: false });
  expect([request, ...inferences].filter((told) => told !== undefined && "beforeModelMs" in told)).toEqual([]);
});

test("goes by the session's own option, where its model is observed with another", async () => {
  const [one] = await twoSequences();
  const seen = createTestAiwatch();
  const { aiwatch } = seen;
  instrumentModel(one, { aiwatch });
  const titles = instrumentModel(newSession(one), { aiwatch, forReader: false });
  const { request } = await askedOnce(seen, () => titles.prompt(prompt, { maxTokens: 2 }));
  expect(request).toMatchObject({ chat: false });
  expect(seen.inferences).toHaveLength(1);
});

test("an option that is neither true nor false is refused", async () => {
  const [one] = await twoSequences();
  const { aiwatch } = createTestAiwatch();
  const refused = () => instrumentModel(newSession(one), { aiwatch, forReader: "no" as never });
  expect(refused).toThrowError('the option forReader of instrumentModel() is "no", expected true or false');
});
