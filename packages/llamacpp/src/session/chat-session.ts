import { isObject } from "../received.ts";

/** What we need of a `LlamaContextSequence`. */
export interface SequenceLike {
  readonly nextTokenIndex: number;
  readonly context: object;
  readonly model: object;
  readonly evaluate: (...args: never[]) => AsyncIterable<unknown>;
}

/**
 * What we need of a `LlamaChatSession`, of any release that the peer range allows. Structural, so that no type of the engine, which is ESM
 * only, is imported; all members are required, so that a promise of a session (a forgotten `await`) does not fit.
 */
export interface ChatSessionLike {
  readonly sequence: SequenceLike;
  readonly promptWithMeta: (...args: never[]) => Promise<unknown>;
  readonly completePromptWithMeta: (...args: never[]) => Promise<unknown>;
}

/** Whether it looks like a chat session. A disposed one does. */
export function isChatSession(value: unknown): value is ChatSessionLike {
  if (!isObject(value) || !("sequence" in value) || !("promptWithMeta" in value)) return false;
  return typeof value.promptWithMeta === "function";
}

/** The session's sequence; `undefined` once it is disposed: the engine's getter throws then. */
export function sequenceOf(session: ChatSessionLike): SequenceLike | undefined {
  try {
    const sequence: unknown = session.sequence;
    return isObject(sequence) ? (sequence as SequenceLike) : undefined;
  } catch {
    return undefined;
  }
}
