import { defineChatSessionFunction, type LlamaContextSequence, type Token } from "node-llama-cpp";
import type { Instrumentable } from "../engine/types.ts";
import { tinyContext, tinyModel } from "./engine.ts";
import { newSession } from "./sessions.ts";

/** What a caller sees of a play, without what differs from run to run. */
export interface Seen {
  readonly value?: unknown;
  readonly error?: unknown;
  readonly delivered: readonly unknown[];
  readonly contextTokens: readonly Token[];
}

/** Plays on objects of the engine, handing over the one that is to be observed first. What it made is made once and used again. */
export type Play = (observe: (target: Instrumentable) => void) => Promise<Seen>;

const prompt = "Tell me about the local model";
const sampling = { temperature: 0.8, seed: 7 };

async function see(
  sequence: LlamaContextSequence,
  delivered: readonly unknown[],
  action: () => Promise<unknown>,
): Promise<Seen> {
  const ended = await action().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return { ...ended, delivered, contextTokens: sequence.contextTokens };
}

async function chat(): Promise<Play> {
  const sequence = (await tinyContext()).getSequence();
  return async (observe) => {
    await sequence.clearHistory();
    const session = newSession(sequence);
    observe(session);
    const delivered: unknown[] = [];
    const onToken = (tokens: Token[]) => void delivered.push(...tokens);
    return see(sequence, delivered, () => session.promptWithMeta(prompt, { ...sampling, maxTokens: 4, onToken }));
  };
}

async function aborted(): Promise<Play> {
  const sequence = (await tinyContext()).getSequence();
  const reason = new Error("the user left");
  return async (observe) => {
    await sequence.clearHistory();
    const session = newSession(sequence);
    observe(session);
    const controller = new AbortController();
    const delivered: unknown[] = [];
    const onToken = (tokens: Token[]) => {
      delivered.push(...tokens);
      if (delivered.length === 2) controller.abort(reason);
    };
    return see(sequence, delivered, () => session.prompt(prompt, { signal: controller.signal, onToken }));
  };
}

async function functions(): Promise<Play> {
  const sequence = (await tinyContext({ contextSize: 1024 }, "functions")).getSequence();
  return async (observe) => {
    await sequence.clearHistory();
    const session = newSession(sequence);
    observe(session);
    const delivered: unknown[] = [];
    const getWeather = defineChatSessionFunction({
      description: "The weather of a city",
      params: { type: "object", properties: { city: { type: "string" } } },
      async handler(params) {
        delivered.push(params);
        return "sunny";
      },
    });
    const options = { functions: { getWeather }, maxTokens: 60 };
    return see(sequence, delivered, () => session.promptWithMeta("How is the weather?", options));
  };
}

/** A function that fails: its error is the prompt's. */
async function failedFunction(): Promise<Play> {
  const sequence = (await tinyContext({ contextSize: 1024 }, "functions")).getSequence();
  const broken = new RangeError("no such city");
  return async (observe) => {
    await sequence.clearHistory();
    const session = newSession(sequence);
    observe(session);
    const getWeather = defineChatSessionFunction({
      handler() {
        throw broken;
      },
    });
    return see(sequence, [], () => session.promptWithMeta("How is the weather?", { functions: { getWeather } }));
  };
}

async function bare(): Promise<Play> {
  const sequence = (await tinyContext()).getSequence();
  return async (observe) => {
    await sequence.clearHistory();
    observe(sequence);
    const delivered: unknown[] = [];
    return see(sequence, delivered, async () => {
      for await (const token of sequence.evaluate(sequence.model.tokenize(prompt), sampling)) {
        if (delivered.push(token) === 3) break;
      }
      return sequence.controlledEvaluate([[sequence.model.tokenize("model")[0]!, { generateNext: { token: true } }]]);
    });
  };
}

async function embedding(): Promise<Play> {
  const model = await tinyModel("embedding");
  const context = await model.createEmbeddingContext({ contextSize: 512, threads: 1 });
  const sequence = Reflect.get(context, "_sequence") as LlamaContextSequence;
  return async (observe) => {
    observe(context);
    return see(sequence, [], async () => (await context.getEmbeddingFor(prompt)).vector);
  };
}

export const scenarios = { chat, aborted, functions, failedFunction, bare, embedding } as const satisfies Readonly<
  Record<string, () => Promise<Play>>
>;
