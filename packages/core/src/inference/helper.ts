import { AsyncLocalStorage } from "node:async_hooks";
import { processWide } from "../base/process-wide.ts";

/** Made at the first use: where nobody has a helper, nothing is kept for one. */
interface Helpers {
  storage?: AsyncLocalStorage<true>;
}

const helpers = processWide("@aiwatch/core/helpers", 1, (): Helpers => ({}));

/**
 * Marks inferences that nobody reads, such as those of a query rewriter or a title: all that start while `fn` runs, and in what it starts. Their
 * tokens do not end the wait for the request's first token, and they do not make the request a chat. All other metrics include them. An explicit
 * `forReader: true` of an inference takes precedence. An async generator runs where its values are asked for, not here.
 * @returns what `fn` returns, unchanged; what it throws passes unchanged, too
 * @example const query = await withHelper(() => rewriter.prompt(question));
 */
export function withHelper<Result>(fn: () => Result): Result {
  const slot = helpers();
  slot.storage ??= new AsyncLocalStorage<true>();
  return slot.storage.run(true, fn);
}

/** Whether the calling code runs inside `withHelper`. */
export function isHelping(): boolean {
  return helpers().storage?.getStore() === true;
}
