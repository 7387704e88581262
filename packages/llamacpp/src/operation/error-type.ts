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
  // `DisposedError` says "Error" in its name: only the constructor tells
  const known = classes.get(error.constructor.name) ?? classes.get(error.name);
  if (known !== undefined) return known;
  const { message } = error;
  const type = messages.find(([pattern]) => pattern.test(message))?.[1];
  if (type !== undefined) return type;
  return error.constructor === Error && error.name === "Error" && !("code" in error) ? "engine_error" : undefined;
}
