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

/** Nothing of it can be read. */
function unreadable(): Error {
  const { proxy, revoke } = Proxy.revocable(new Error("gone"), {});
  revoke();
  return proxy;
}

/** So that nobody asks whether it is a promise. */
const sealed = new Proxy(
  {},
  {
    get(_target, name) {
      if (name === "then") return undefined;
      throw new Error("not to be read");
    },
  },
);

test.each([
  ["an error that cannot be read", () => Promise.reject(unreadable()), { unified: "error" }],
  [
    "an error without a class",
    () => Promise.reject(Object.assign(new Error("bare"), { constructor: undefined })),
    { unified: "error" },
  ],
  ["a result that cannot be read", async () => sealed, { unified: "stop" }],
])("%s ends its inference all the same", async (_, call, finishReason) => {
  const { aiwatch, inferences, sample } = createTestAiwatch();
  const context = await tinyContext();
  const own = { promptWithMeta: call as () => Promise<never> };
  const session = instrumentModel(Object.assign(newSession(context.getSequence()), own), { aiwatch });
  await session.promptWithMeta("Tell me").catch(() => {});
  expect(inferences).toMatchObject([{ finishReason }]);
  expect(await sample("genai_app_queued_inferences", { model: "tiny-chat" })).toBe(0);
  await context.dispose();
});

test("what a context gives out may be unreadable", async () => {
  const { aiwatch, diagnostics } = createTestAiwatch();
  const context = await tinyContext();
  const odd = unreadable();
  Object.assign(context, { getSequence: () => odd });
  instrumentModel(context, { aiwatch });
  expect((context.getSequence as () => unknown)() === odd).toBe(true);
  expect(diagnostics).toMatchObject([{ source: "adapter", what: "observing what was made" }]);
  await context.dispose();
});
