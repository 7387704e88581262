import { invalidArgument } from "@aiwatch/core/adapter";
import { type AnyFetch, isObserved, observedFetch } from "./fetch/observed-fetch.ts";
import { checkedScope, type ObserveOptions } from "./options.ts";

/**
 * Makes a `fetch` that observes: each call of a model server's API becomes one inference with its true tokens, times and end. Give it to what
 * takes a `fetch`: the AI SDK, LangChain, LlamaIndex, or your own code. All other calls pass as they are.
 *
 * What it returns and rejects with is what `fetch` gave: arguments, headers, status, bytes, laziness and back-pressure stay as they are. Nothing
 * is read before the app reads it. A fault of ours is reported to the diagnostics and never reaches the caller.
 * @param fetch the `fetch` to call
 * @returns a `fetch` of the same signature; `fetch` itself where it observes already: its first options hold
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no function, and for an option that cannot be used
 * @example
 * const provider = createOpenAICompatible({ name: "local", baseURL, fetch: observeFetch(fetch, { aiwatch }) });
 */
export function observeFetch<Fetch extends AnyFetch>(fetch: Fetch, options: ObserveOptions = {}): Fetch {
  if (typeof fetch !== "function")
    throw invalidArgument("the first argument of observeFetch()", fetch, "a function like fetch");
  const scope = checkedScope(options, "observeFetch");
  return isObserved(fetch) ? fetch : observedFetch(fetch, scope);
}
