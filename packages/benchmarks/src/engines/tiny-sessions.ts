import { ensureTinyModel } from "@aiwatch/tiny-model";
import type { LlamaChatSession, LlamaContextSequence } from "node-llama-cpp";

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
