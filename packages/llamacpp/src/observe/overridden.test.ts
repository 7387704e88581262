import { setImmediate } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { LlamaChatSession, type LlamaContextSequence } from "node-llama-cpp";
import { expect, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { newSession } from "../test-support/sessions.ts";

type Prompt = LlamaChatSession["promptWithMeta"];

const prompt = "Tell me about the local model";
const few = { maxTokens: 3 };

/** An app's session that waits for its turn, and asks again where it wants to. */
class PatientSession extends LlamaChatSession {
  times = 1;

  override async promptWithMeta(...args: Parameters<Prompt>): ReturnType<Prompt> {
    for (let time = 1; time < this.times; time += 1) await super.promptWithMeta(...args);
    await setImmediate();
    return super.promptWithMeta(...args);
  }
}

/** The app's own patch of one session. */
function patched(sequence: LlamaContextSequence): LlamaChatSession {
  const session = newSession(sequence);
  const engines: Prompt = session.promptWithMeta;
  const later = async (...args: Parameters<Prompt>) => {
    await setImmediate();
    return engines.apply(session, args);
  };
  return Object.assign(session, { promptWithMeta: later as Prompt });
}

async function stage(make: (sequence: LlamaContextSequence) => LlamaChatSession) {
  const seen = createTestAiwatch();
  const context = await tinyContext();
  const sequence = instrumentModel(context, { aiwatch: seen.aiwatch }).getSequence();
  return { ...seen, context, session: make(sequence) };
}

const patient = (times: number) => (contextSequence: LlamaContextSequence) => {
  const { chatWrapper } = newSession(contextSequence);
  return Object.assign(new PatientSession({ contextSequence, chatWrapper }), { times });
};

test.each([
  ["a class that overrides the method", patient(1), few.maxTokens],
  ["a class that asks twice", patient(2), 2 * few.maxTokens],
  ["a patch of the app's", patched, few.maxTokens],
])("%s, and goes on to the engine's later: one inference, with all of its tokens", async (_, make, outputTokens) => {
  const { aiwatch, inferences, diagnostics, context, session } = await stage(make);
  instrumentModel(session, { aiwatch });
  await session.prompt(prompt, few);
  expect(inferences).toMatchObject([{ outputTokens, finishReason: { unified: "length" } }]);
  uninstrument(session);
  await session.prompt(prompt, few);
  // its class is observed with its sequence, and hears of each call of the engine's own
  expect(inferences).toHaveLength(1 + outputTokens / few.maxTokens);
  expect(diagnostics).toEqual([]);
  await context.dispose();
});

test("what a session asks of itself from a callback is an inference of its own", async () => {
  const { aiwatch, inferences, context, session } = await stage(patched);
  instrumentModel(session, { aiwatch });
  const inner: Promise<string>[] = [];
  const onToken = () => {
    if (inner.length === 0) inner.push(session.prompt(prompt, { maxTokens: 2 }));
  };
  await session.prompt(prompt, { ...few, onToken });
  await Promise.all(inner);
  expect(inferences.map(({ outputTokens }) => outputTokens)).toEqual([3, 2]);
  await context.dispose();
});
