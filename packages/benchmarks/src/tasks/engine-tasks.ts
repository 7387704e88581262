import { setImmediate as nextTurn } from "node:timers/promises";
import { instrumentModel } from "@aiwatch/llamacpp";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import type { LlamaChatSession, LlamaContextSequence } from "node-llama-cpp";
import { SyntheticSession } from "../engines/synthetic-engine.ts";
import { type Took, timed } from "../measure/pairs.ts";
import { type Condition, type Watching, watch } from "../observing/conditions.ts";

export interface SyntheticPrompts {
  /** Runs `count` inferences of `tokens` each, one after the other. */
  run(count: number, tokens: number): Promise<void>;
  /** @throws when not every one of them was recorded, or a fault was reported */
  check(): Promise<void>;
}

/** A session on the synthetic engine, under a condition. */
export function syntheticPrompts(condition: Condition): SyntheticPrompts {
  const watching = watch(condition);
  const session = new SyntheticSession();
  if (watching !== undefined) instrumentModel(session, { aiwatch: watching.aiwatch });
  let total = 0;
  return {
    async run(count, tokens) {
      total += count;
      for (let inference = 0; inference < count; inference += 1) {
        await session.promptWithMeta("Tell me about the local model", { maxTokens: tokens });
      }
    },
    check: async () => watching?.check(total),
  };
}

export interface PromptsBlock {
  readonly inferences: number;
  readonly tokens: number;
}

/** Blocks of inferences on the synthetic engine. */
export async function promptsTask(condition: Condition) {
  const prompts = syntheticPrompts(condition);
  return async ({ inferences, tokens }: PromptsBlock): Promise<Took> => {
    const took = await timed(() => prompts.run(inferences, tokens));
    await prompts.check();
    return took;
  };
}

export interface HeapStep {
  /** How many inferences, or chats, there are to have been, in all. */
  readonly until: number;
  readonly tokens: number;
}

/** What the heap holds once garbage is gone, after more and more inferences. */
export async function heapTask(condition: Condition) {
  const prompts = syntheticPrompts(condition);
  let done = 0;
  return async ({ until, tokens }: HeapStep): Promise<number> => {
    await prompts.run(until - done, tokens);
    done = until;
    await prompts.check();
    return settledHeap();
  };
}

/** Several passes, with turns between them: finalizers, weak references and the spans of the last batch go one after the other. */
export async function settledHeap(): Promise<number> {
  for (let pass = 0; pass < 8; pass += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  return process.memoryUsage().heapUsed;
}

export interface TinySession {
  readonly session: LlamaChatSession;
  readonly sequence: LlamaContextSequence;
}

/**
 * Sessions on llama.cpp, each with a context of its own on one thread of the CPU, and a model that never stops by itself: every answer is as
 * long as it may be.
 */
export async function tinySessions(count: number): Promise<TinySession[]> {
  // it takes half a second and 4 MB: the processes that do without it are not to pay
  const { getLlama, LlamaChatSession, LlamaLogLevel } = await import("node-llama-cpp");
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: await ensureTinyModel({ variant: "endless" }) });
  const sessions: TinySession[] = [];
  for (let made = 0; made < count; made += 1) {
    const context = await model.createContext({ contextSize: 1024, threads: 1 });
    const sequence = context.getSequence();
    sessions.push({ session: new LlamaChatSession({ contextSequence: sequence }), sequence });
  }
  return sessions;
}

/** The next prompt is evaluated whole. */
export async function forget({ session, sequence }: TinySession): Promise<void> {
  session.resetChatHistory();
  await sequence.clearHistory();
}

export interface SessionsStart {
  readonly sessions: number;
  /** Which of them is observed; the others are bare. */
  readonly observed: number;
  /** Inferences of the synthetic engine that are observed first, so that what observes is compiled as in a server that has run for a while. */
  readonly before: number;
}

export interface SessionBlock {
  readonly session: number;
  readonly tokens: number;
}

export interface SessionTook extends Took {
  /** What was said, by which runs are known to have done the same. */
  readonly text: string;
}

/** Prompts of real sessions, one of which is observed with metrics and sampled spans. */
export async function sessionTask({ sessions, observed, before }: SessionsStart) {
  const all = await tinySessions(sessions);
  const watching = watch("spans");
  if (watching !== undefined) instrumentModel(sessionAt(all, observed).session, { aiwatch: watching.aiwatch });
  let observations = before;
  if (watching !== undefined) await observeSynthetic(watching, before);
  return async ({ session, tokens }: SessionBlock): Promise<SessionTook> => {
    const chosen = sessionAt(all, session);
    await forget(chosen);
    const took = await prompt(chosen, tokens);
    if (session === observed) observations += 1;
    await watching?.check(observations);
    return took;
  };
}

async function observeSynthetic({ aiwatch }: Watching, inferences: number): Promise<void> {
  const session = instrumentModel(new SyntheticSession(), { aiwatch, model: "synthetic" });
  for (let inference = 0; inference < inferences; inference += 1) {
    await session.promptWithMeta("Tell me about the local model", { maxTokens: 16 });
  }
}

function sessionAt(sessions: readonly TinySession[], index: number): TinySession {
  const found = sessions[index];
  if (found === undefined) throw new Error(`there is no session ${index}`);
  return found;
}

async function prompt({ session }: TinySession, maxTokens: number): Promise<SessionTook> {
  const options = { maxTokens, seed: 7, temperature: 0.8 };
  let text = "";
  const took = await timed(async () => {
    text = await session.prompt("Tell me about the local model and its memory", options);
  });
  return { ...took, text };
}
