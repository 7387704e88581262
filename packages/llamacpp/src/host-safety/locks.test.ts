import { createTestAiwatch } from "@aiwatch/core/testing";
import { LlamaCompletion, type LlamaContextSequence, type Token } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import type { Instrumentable } from "../engine/types.ts";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { newChat, newSession } from "../test-support/sessions.ts";

interface Arrived {
  /** Whose token, in the order in which they came. */
  readonly order: string;
  readonly tokens: readonly (readonly Token[])[];
  readonly contextTokens: readonly Token[];
}

type Observe = (target: Instrumentable) => void;
type Callers = (sequence: LlamaContextSequence, observe: Observe, token: Arrive) => Promise<unknown>[];
type Arrive = (caller: number) => (tokens: readonly Token[]) => void;

async function play(callers: Callers, observe: Observe): Promise<Arrived> {
  const context = await tinyContext({ contextSize: 1024 }, "endless");
  const sequence = context.getSequence();
  let order = "";
  const tokens: Token[][] = [[], []];
  const arrive: Arrive = (caller) => (came) => {
    tokens[caller]!.push(...came);
    order += "AB".charAt(caller).repeat(came.length);
  };
  await Promise.all(callers(sequence, observe, arrive));
  const { contextTokens } = sequence;
  await context.dispose();
  return { order, tokens, contextTokens };
}

const maxTokens = 8;
const sampling = { maxTokens, temperature: 0.8, seed: 7 };
const inTurn = `${"A".repeat(maxTokens)}${"B".repeat(maxTokens)}`;
const history = [
  { type: "user" as const, text: "Tell me" },
  { type: "model" as const, response: [] },
];

async function evaluate(sequence: LlamaContextSequence, text: string, arrived: (tokens: Token[]) => void) {
  let count = 0;
  for await (const token of sequence.evaluate(sequence.model.tokenize(text), sampling)) {
    arrived([token]);
    count += 1;
    if (count === maxTokens) break;
  }
}

const cases: Readonly<Record<string, { readonly callers: Callers; readonly order?: string }>> = {
  "two prompts on a session": {
    order: inTurn,
    callers: (sequence, observe, arrive) => {
      const session = newSession(sequence);
      observe(session);
      return [0, 1].map((n) => session.prompt(`Tell me ${n}`, { ...sampling, onToken: arrive(n) }));
    },
  },
  "a prompt and a completion of the next one on a session": {
    callers: (sequence, observe, arrive) => {
      const session = newSession(sequence);
      observe(session);
      const prompt = session.prompt("Tell me", { ...sampling, onToken: arrive(0) });
      return [prompt, session.completePrompt("Tell me", { maxTokens, onToken: arrive(1) })];
    },
  },
  "two answers of a chat": {
    order: inTurn,
    callers: (sequence, observe, arrive) => {
      const chat = newChat(sequence);
      observe(chat);
      return [0, 1].map((n) => chat.generateResponse(history, { ...sampling, onToken: arrive(n) }));
    },
  },
  "two completions": {
    order: inTurn,
    callers: (sequence, observe, arrive) => {
      const completion = new LlamaCompletion({ contextSequence: sequence });
      observe(completion);
      return [0, 1].map((n) => completion.generateCompletion(`Tell me ${n}`, { ...sampling, onToken: arrive(n) }));
    },
  },
  "two sessions on a sequence that is observed itself": {
    callers: (sequence, observe, arrive) => {
      observe(sequence);
      return [0, 1].map((n) => newSession(sequence).prompt(`Tell me ${n}`, { ...sampling, onToken: arrive(n) }));
    },
  },
  "two bare evaluations of a sequence": {
    callers: (sequence, observe, arrive) => {
      observe(sequence);
      return [0, 1].map((n) => evaluate(sequence, n === 0 ? "the local model" : "the engine", arrive(n)));
    },
  },
};

describe("two callers get their tokens in the order in which they get them without us", () => {
  test.each(Object.entries(cases))("%s", async (_, { callers, order }) => {
    const { aiwatch, inferences, diagnostics } = createTestAiwatch();
    const bare = await play(callers, () => {});
    const observed = await play(callers, (target) => void instrumentModel(target, { aiwatch }));
    expect(observed).toEqual(bare);
    if (order !== undefined) expect(observed.order).toBe(order);
    expect(inferences).toHaveLength(2);
    expect(inferences.map(({ outputTokens }) => outputTokens)).toEqual([maxTokens, maxTokens]);
    expect(diagnostics).toEqual([]);
  });
});
