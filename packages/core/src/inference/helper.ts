import { AsyncLocalStorage } from "node:async_hooks";
import { processWide } from "../base/process-wide.ts";

/** Made at the first use: where nobody has a helper, nothing is kept for one. */
interface Helpers {
  storage?: AsyncLocalStorage<true>;
}

const helpers = processWide("@aiwatch/core/helpers", 1, (): Helpers => ({}));

/**
 * Marks the inferences that begin while `fn` runs, and in what it starts, as helpers: a query rewriter, a title. Nobody reads their tokens,
 * so that the wait for the request's first token goes on, and the request counts as no chat for them. They are in all other metrics.
 * An inference that is begun with `forReader: true` is none all the same.
 * @returns what `fn` returns; what it throws passes unchanged. An async generator runs where it is asked for its values, and not here
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
