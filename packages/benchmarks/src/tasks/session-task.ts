import { instrumentModel } from "@aiwatch/llamacpp";
import { SyntheticSession } from "../engines/synthetic-engine.ts";
import { forget, type TinySession, tinySessions } from "../engines/tiny-sessions.ts";
import { type Took, timed } from "../measure/cpu-time.ts";
import { type Watching, watch } from "../observing/conditions.ts";

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
