import type { FinishReason, UnifiedFinishReason, Usage } from "@aiwatch/core";
import { isObject, numberAt, valueAt } from "@aiwatch/core/adapter";

/** What a call's result says. */
export interface ResultReading {
  readonly stopReason?: unknown;
  /** The length of an embedding. */
  readonly dimensions?: number;
  /** The answer's text. */
  readonly output?: string;
  /** Whether the model thought; unknown where the result does not list its segments. */
  readonly thinks?: boolean;
  /** What a decision reports: it yields no tokens that could be counted. */
  readonly usage?: Usage;
}

/** Sessions put the stop reason beside the answer, chats and completions into `metadata`. */
export function readResult(value: unknown): ResultReading {
  if (!isObject(value)) return {};
  const reading: { -readonly [Name in keyof ResultReading]: ResultReading[Name] } = {};
  const stopReason = Reflect.get(value, "stopReason") ?? valueAt(value, "metadata", "stopReason");
  if (typeof stopReason === "string") reading.stopReason = stopReason;
  const vector: unknown = Reflect.get(value, "vector");
  if (Array.isArray(vector)) reading.dimensions = vector.length;
  const output = textAt(value, "responseText") ?? textAt(value, "response") ?? textAt(value, "completion");
  if (output !== undefined) reading.output = output;
  const segments = listAt(value, "fullResponse") ?? listAt(value, "response");
  if (segments !== undefined) reading.thinks = segments.some(isThought);
  const usage: unknown = Reflect.get(value, "tokenUsage");
  const outputTokens = isObject(usage) ? numberAt(usage, "output") : undefined;
  if (outputTokens !== undefined) reading.usage = { outputTokens };
  return reading;
}

function textAt(holder: object, name: string): string | undefined {
  const text: unknown = Reflect.get(holder, name);
  return typeof text === "string" ? text : undefined;
}

function listAt(holder: object, name: string): readonly unknown[] | undefined {
  const list: unknown = Reflect.get(holder, name);
  return Array.isArray(list) ? list : undefined;
}

function isThought(item: unknown): boolean {
  return isObject(item) && Reflect.get(item, "segmentType") === "thought" && Reflect.get(item, "text") !== "";
}

/** An abort rejects with exactly the signal's reason. */
export function isAborted(signal: AbortSignal | undefined, error: unknown): boolean {
  return signal?.aborted === true && error === signal.reason;
}

/** node-llama-cpp's stop reasons in our words. */
const unified: ReadonlyMap<string, UnifiedFinishReason> = new Map([
  ["eogToken", "stop"],
  ["stopGenerationTrigger", "stop"],
  ["customStopTrigger", "stop"],
  ["maxTokens", "length"],
  ["functionCalls", "tool_calls"],
  ["abort", "aborted"],
]);

/** How an operation ended by itself. A stop reason that a later release adds counts as `stop` and is kept as the raw one. */
export function finishReasonOf(stopReason: unknown): FinishReason {
  if (typeof stopReason !== "string") return { unified: "stop" };
  return { unified: unified.get(stopReason) ?? "stop", raw: stopReason };
}

/** The engine's messages that say what was wrong. It throws plain errors, so that there is nothing else to go by. */
const messages: readonly (readonly [RegExp, string])[] = [
  [/^Object is disposed$|is disposed$/, "disposed"],
  [/context size .*(too small|too large)|fits the context size|free up space for new tokens/i, "context_overflow"],
  [/too long prompt|too large for the current context size/i, "context_overflow"],
  [/longer than the usable context size|exceed the context size/i, "context_overflow"],
  [/insufficient memory|out of memory|failed to allocate/i, "out_of_memory"],
  [/LlamaGrammar|cannot be null|is not supported yet|TokenBias instance/, "invalid_argument"],
];

/** By the error's class, where the engine has one. */
const classes: ReadonlyMap<unknown, string> = new Map([
  ["DisposedError", "disposed"],
  ["InsufficientMemoryError", "out_of_memory"],
  ["TimeoutError", "timeout"],
]);

/**
 * The catalogue's type of an engine's error. `undefined` for an error that has a class of its own: it comes from the app (a function's
 * handler, for one) and is named after its class.
 */
export function errorTypeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // `DisposedError` says "Error" in its name: only the constructor shows it
  const known = classes.get(error.constructor.name) ?? classes.get(error.name);
  if (known !== undefined) return known;
  const { message } = error;
  const type = messages.find(([pattern]) => pattern.test(message))?.[1];
  if (type !== undefined) return type;
  return error.constructor === Error && error.name === "Error" && !("code" in error) ? "engine_error" : undefined;
}
