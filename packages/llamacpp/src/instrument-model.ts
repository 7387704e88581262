import { type Aiwatch, AiwatchError } from "@aiwatch/core";
import { checkObserveOptions, describeReceived, invalidArgument, isObject } from "@aiwatch/core/adapter";
import { type EngineKind, kindOf, sequenceOf } from "./engine/objects.ts";
import type { Instrumentable } from "./engine/types.ts";
import { observe } from "./observe/observe.ts";
import { observedObjects, scopeOf } from "./observe/observed-object.ts";

export interface InstrumentOptions {
  /**
   * The instance that records what happens.
   * @default the first that was created, until it is closed; the one that the app creates later, where there is none yet
   */
  readonly aiwatch?: Aiwatch | undefined;
  /**
   * The model's name in metrics, spans and logs. Never a path. Given for a `Llama`, it is the name of all its models.
   * @default the GGUF's `general.name`, else its file's base name without `.gguf`
   */
  readonly model?: string | undefined;
  /**
   * Whether a reader waits for its tokens. Set it to `false` for a session that only writes titles or search queries: its tokens then do not end
   * the wait for a request's first token (`request_first_token_seconds`), and it does not make its request a chat. For single calls use
   * `withHelper` of `@aiwatch/core`.
   * @default true; false for calls inside `withHelper`
   */
  readonly forReader?: boolean | undefined;
}

/**
 * Observes an object of node-llama-cpp, and what is made from it from now on: a `Llama` its models, a model its contexts, a context its
 * sequences, and with any of them the `LlamaChatSession`, `LlamaChat` and `LlamaCompletion` on those sequences and the embedding and ranking
 * contexts of the model. Any of these can be given by itself, too. Each call that makes a model work becomes one inference with its true
 * tokens and times, however many of the objects that it goes through are observed; a bare `sequence.evaluate()` is one of its own where the
 * sequence is observed. The readings of model, context and sequence are shown while they live.
 *
 * What the calls return and throw stays as it was, no callback is added, and a fault of ours is reported to the diagnostics and never
 * reaches the caller. The objects are patched in place; doing it again changes nothing, and the first call's options hold. Where AIWatch is
 * disabled nothing is done. Only an observed `Llama` shows how long a model took to load.
 *
 * A `preloadPrompt` counts as a `text_completion` that generated nothing (finish reason `length`, no time to first token): its prompt
 * tokens are evaluated there, and the prompt that follows finds them cached.
 *
 * @returns the same object
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for anything else than such an object, for one that is disposed, and for a model name that
 *   is empty; without an instance, `AIWATCH_METRIC_CONFLICT` or `AIWATCH_INVALID_SETTING` where there is none yet and none can be made
 */
export function instrumentModel<Target extends Instrumentable>(
  target: Target,
  options: InstrumentOptions = {},
): Target {
  checkObserveOptions("instrumentModel()", options, optionNames);
  const scope = scopeOf(options);
  if (scope.host.disabled) return target;
  const kind = kindOf(target);
  if (kind === undefined || isDisposed(target, kind)) throw notInstrumentable(target, kind);
  checkName(options.model);
  checkForReader(options.forReader);
  scope.host.diagnostics.guard("adapter", `instrumenting a ${kind}`, () => observe(target, kind, scope));
  return target;
}

/**
 * Ends the observation of an object and of what was made from it, except for what was given to `instrumentModel` itself: its own properties
 * are again what they were, and the readings that nothing else shows are gone. Where somebody patched over us meanwhile, their patch stays
 * and ours only passes calls on. Calls that run are observed to their end. An object that is not observed is left alone.
 */
export function uninstrument(target: object): void {
  if (!isObject(target)) return;
  const observed = observedObjects();
  const object = observed.get(target);
  observed.delete(target);
  object?.undo();
}

function isDisposed(target: object, kind: EngineKind): boolean {
  if (kind === "session" || kind === "chat" || kind === "completion") return sequenceOf(target) === undefined;
  return Reflect.get(target, "disposed") === true;
}

const names: Readonly<Record<EngineKind, string>> = {
  llama: "Llama",
  model: "LlamaModel",
  context: "LlamaContext",
  sequence: "LlamaContextSequence",
  session: "LlamaChatSession",
  chat: "LlamaChat",
  completion: "LlamaCompletion",
  embedding: "LlamaEmbeddingContext",
  ranking: "LlamaRankingContext",
  decision: "LlamaDecisionContext",
};

function notInstrumentable(received: unknown, kind: EngineKind | undefined): AiwatchError {
  const what = kind === undefined ? describeReceived(received) : `a ${names[kind]} that is disposed`;
  const remedy = isHttpClient(received)
    ? "it is a client of models behind HTTP: pass it to instrumentClient() of @aiwatch/openai"
    : "pass the object itself: instrumentModel(new LlamaChatSession({ contextSequence }))";
  return new AiwatchError(
    "AIWATCH_INVALID_ARGUMENT",
    `instrumentModel() received ${what}, expected an object of node-llama-cpp (${Object.values(names).join(", ")}); ${remedy}`,
  );
}

/** The clients of openai and ollama keep their `fetch` in a field. */
function isHttpClient(received: unknown): boolean {
  return isObject(received) && typeof Reflect.get(received, "fetch") === "function";
}

const named = { aiwatch: true, model: true, forReader: true } as const satisfies Record<keyof InstrumentOptions, true>;
const optionNames = Object.keys(named);

function checkName(name: unknown): void {
  if (name === undefined || (typeof name === "string" && name.trim() !== "")) return;
  const received = typeof name === "string" ? "an empty text" : describeReceived(name);
  throw new AiwatchError(
    "AIWATCH_INVALID_ARGUMENT",
    `the option model of instrumentModel() is ${received}, expected the model's name; leave it out to use the name in the GGUF`,
  );
}

function checkForReader(forReader: unknown): void {
  if (forReader === undefined || typeof forReader === "boolean") return;
  throw invalidArgument("the option forReader of instrumentModel()", forReader, "true or false");
}
