import { setTimeout as sleep } from "node:timers/promises";
import type { Aiwatch } from "@aiwatch/core";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import fc from "fast-check";
import { getLlama, LlamaChatSession, type LlamaContextSequence, resolveChatWrapper } from "node-llama-cpp";
import { instrumentModel } from "../../instrument-model.ts";

/** When and how a chat is broken off. */
interface Breakup {
  /** After so many of its tokens were delivered; else after so many milliseconds. */
  readonly tokens: number | undefined;
  readonly ms: number;
  /** Whether the call then resolves with what it has. */
  readonly keepsPart: boolean;
}

const breakup: fc.Arbitrary<Breakup> = fc.record({
  tokens: fc.option(fc.nat({ max: 600 }), { nil: undefined }),
  ms: fc.nat({ max: 80 }),
  keepsPart: fc.boolean(),
});

const sequences = 4;

/**
 * Long chats of a model that thinks, four at once, each broken off at a random moment.
 * @param delivered called with the number of tokens, as they are
 */
export async function breakOffChats(
  aiwatch: Aiwatch,
  { seed, count }: { readonly seed: number; readonly count: number },
  delivered: (tokens: number) => void,
): Promise<void> {
  const modelPath = await ensureTinyModel({ variant: "thinking", sentences: 100 });
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
  const model = await llama.loadModel({ modelPath });
  // room for the longest: at a chat's shift some releases of the engine look for what fits and never find it
  const context = await model.createContext({ contextSize: 1024, threads: 1, sequences });
  const breakups = fc.sample(breakup, { seed, numRuns: count });
  const chatWrapper = resolveChatWrapper(model);
  const play = async (contextSequence: LlamaContextSequence) => {
    const session = new LlamaChatSession({ contextSequence, chatWrapper });
    instrumentModel(session, { aiwatch });
    for (let next = breakups.pop(); next !== undefined; next = breakups.pop()) {
      await breakOff(session, next, delivered);
      session.resetChatHistory();
    }
  };
  await Promise.all(Array.from({ length: sequences }, () => play(context.getSequence())));
  await llama.dispose();
}

async function breakOff(
  session: LlamaChatSession,
  { tokens: after, ms, keepsPart }: Breakup,
  delivered: (tokens: number) => void,
): Promise<void> {
  const controller = new AbortController();
  let left = after ?? Number.POSITIVE_INFINITY;
  if (after === 0) controller.abort();
  else if (after === undefined) void sleep(ms).then(() => controller.abort());
  const chat = session.prompt("Tell me about the local model", {
    temperature: 0.8,
    signal: controller.signal,
    stopOnAbortSignal: keepsPart,
    onToken(tokens) {
      delivered(tokens.length);
      left -= tokens.length;
      if (left <= 0) controller.abort();
    },
  });
  await chat.catch((error: unknown) => {
    if (error !== controller.signal.reason) throw error;
  });
}
