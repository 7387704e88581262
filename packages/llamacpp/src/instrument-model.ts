import { type Aiwatch, AiwatchError, defaultAiwatch } from "@aiwatch/core";
import { describeReceived, isObject } from "./received.ts";
import { type ChatSessionLike, isChatSession, sequenceOf } from "./session/chat-session.ts";
import { ObservedSession } from "./session/observed-session.ts";
import { sharedState } from "./state.ts";

export interface InstrumentOptions {
  /** The instance that is told. @default the first that was created, else a new one on prom-client's global registry */
  readonly aiwatch?: Aiwatch;
  /**
   * The model's name in metrics, spans and logs. Never a path.
   * @default the GGUF's `general.name`, else its file's base name without `.gguf`
   */
  readonly model?: string;
}

/**
 * Observes a `LlamaChatSession` of node-llama-cpp: every `prompt`, `promptWithMeta`, `completePrompt`, `completePromptWithMeta` and
 * `preloadPrompt` becomes one inference with its true tokens and times, and the model's and the context's readings are shown while they
 * live. What the calls return and throw stays as it was; a fault of ours is reported to the diagnostics and never reaches the caller.
 *
 * The object is patched in place. Doing it again changes nothing: the first call's options hold. Where AIWatch is disabled nothing is done.
 *
 * A `preloadPrompt` counts as a `text_completion` that generated nothing (finish reason `length`, no time to first token): its prompt
 * tokens are evaluated there, and the prompt that follows finds them cached.
 *
 * @returns the same object
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for anything else than a chat session that is not disposed, and for a model name that is
 *   empty
 */
export function instrumentModel<Session extends ChatSessionLike>(
  session: Session,
  options: InstrumentOptions = {},
): Session {
  const aiwatch = options.aiwatch ?? defaultAiwatch();
  if (aiwatch.disabled) return session;
  const sequence = isChatSession(session) ? sequenceOf(session) : undefined;
  if (sequence === undefined) throw notASession(session);
  const model = checkName(options.model);
  const { sessions } = sharedState();
  if (sessions.has(session)) return session;
  aiwatch.diagnostics.guard("adapter", "instrumenting a session", () => {
    sessions.set(session, new ObservedSession(session, sequence, aiwatch, model));
  });
  return session;
}

/**
 * Ends the observation of a session: its own properties are again what they were, and the readings that no other session shows are gone.
 * Where somebody patched over us meanwhile, their patch stays and ours only passes calls on. Calls that run are observed to their end.
 * A session that is not observed is left alone.
 */
export function uninstrument(session: object): void {
  const { sessions } = sharedState();
  if (!isObject(session)) return;
  const observed = sessions.get(session);
  sessions.delete(session);
  observed?.undo();
}

function notASession(received: unknown): AiwatchError {
  const what = isChatSession(received) ? "a chat session that is disposed" : describeReceived(received);
  return new AiwatchError(
    "AIWATCH_INVALID_ARGUMENT",
    `instrumentModel() observes a LlamaChatSession of node-llama-cpp and received ${what}; pass the session itself: instrumentModel(new LlamaChatSession({ contextSequence }))`,
  );
}

function checkName(name: unknown): string | undefined {
  if (name === undefined || (typeof name === "string" && name.trim() !== "")) return name;
  const received = typeof name === "string" ? "an empty text" : describeReceived(name);
  throw new AiwatchError(
    "AIWATCH_INVALID_ARGUMENT",
    `instrumentModel()'s option "model" is ${received}; give the model's name, or leave it out to use the one in its GGUF`,
  );
}
