import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { LlamaChatSession, type LlamaContext, type LlamaContextSequence, type Token } from "node-llama-cpp";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "./engine.ts";

/** A session on a context of its own, and what it delivered. */
export interface Rig {
  readonly context: LlamaContext;
  readonly sequence: LlamaContextSequence;
  readonly session: LlamaChatSession;
  readonly delivered: Token[];
  /** Called each time a decode is asked for. */
  onDecode: () => void;
}

export type Scenario = (rig: Rig) => Promise<unknown>;

/** How a scenario ended, without what differs from run to run. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
  readonly delivered: readonly Token[];
  /** What the KV cache holds afterwards; unknown where it was disposed. */
  readonly contextTokens: readonly Token[];
}

export async function rigUp(): Promise<Rig> {
  const rig = { onDecode: () => {}, delivered: [] };
  const context = await tinyContext({
    batching: {
      dispatchSchedule: (dispatch) => {
        rig.onDecode();
        setImmediate(dispatch);
      },
    },
  });
  const sequence = context.getSequence();
  return Object.assign(rig, { context, sequence, session: new LlamaChatSession({ contextSequence: sequence }) });
}

async function play(rig: Rig, scenario: Scenario): Promise<Outcome> {
  const result = await scenario(rig).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return { ...result, delivered: rig.delivered, contextTokens: rig.sequence.contextTokens };
}

export interface Differential {
  readonly bare: Outcome;
  readonly observed: Outcome;
  readonly seen: TestAiwatch;
}

/** Plays a scenario twice: on a session as the engine made it, and on one that is observed. */
export async function playBoth(scenario: Scenario, seen = createTestAiwatch()): Promise<Differential> {
  const bareRig = await rigUp();
  const bare = await play(bareRig, scenario);
  const rig = await rigUp();
  instrumentModel(rig.session, { aiwatch: seen.aiwatch });
  const observed = await play(rig, scenario);
  await Promise.all([bareRig.context.dispose(), rig.context.dispose()]);
  return { bare, observed, seen };
}
