import type { Aiwatch } from "@aiwatch/core";
import { checkObserveOptions, invalidArgument } from "@aiwatch/core/adapter";
import { type AnyFetch, isObserved, observedFetch } from "./fetch/observed-fetch.ts";
import { type Scope, scopeOf } from "./fetch/scope.ts";

/** How calls of a model server are observed. */
export interface ObserveOptions {
  /**
   * The instance that records what happens.
   * @default the first that was created, until it is closed; the one that the app creates later, where there is none yet
   */
  readonly aiwatch?: Aiwatch | undefined;
  /**
   * The model's name in metrics, spans and logs, of every call.
   * @default the name by which the server last answered for the one that the request names, without path and `.gguf`
   */
  readonly model?: string | undefined;
  /**
   * Who serves the models: OpenTelemetry's `gen_ai.provider.name`, such as `vllm`. An answer that shows llama.cpp or Ollama beats it.
   * @default what the server's answers showed before, else what its URL tells, else `openai-compatible`
   */
  readonly provider?: string | undefined;
  /**
   * Whether a reader waits for the tokens. Set it to `false` for a client that only writes titles or search queries: its tokens then do not end
   * the wait for a request's first token (`request_first_token_seconds`), and it does not make its request a chat. For single calls use
   * `withHelper` of `@aiwatch/core`.
   * @default true; false for calls inside `withHelper`
   */
  readonly forReader?: boolean | undefined;
  /**
   * Whether streamed chat completions and completions ask the server for their usage (`stream_options.include_usage`) where the app has not. The
   * event that holds nothing else does not reach the app. llama-server tells its counts without it; a server may refuse it.
   * @default false
   */
  readonly includeUsage?: boolean | undefined;
  /**
   * Milliseconds after which an answer counts as aborted that nobody reads on: a client may break off and say so to nobody. An app that waits for
   * a slow server is not meant. Bytes that are read later still reach the app.
   * @default 60000
   */
  readonly idleMs?: number | undefined;
}

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

const named = {
  aiwatch: true,
  model: true,
  provider: true,
  forReader: true,
  includeUsage: true,
  idleMs: true,
} as const satisfies Record<keyof ObserveOptions, true>;
const names = Object.keys(named);

const defaultIdleMs = 60_000;
/** Node's timers hold 31 bits. */
const longestIdleMs = 2 ** 31 - 1;

/**
 * @param allowed which URLs the preload observes; left out, it is not for the preload
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an option that cannot be used
 */
export function checkedScope(options: ObserveOptions, by: string, allowed?: Scope["observes"]): Scope {
  checkObserveOptions(`${by}()`, options, names);
  const { aiwatch, model, provider, forReader, includeUsage, idleMs = defaultIdleMs } = options;
  checkText("model", model, by);
  checkText("provider", provider, by);
  checkFlag("forReader", forReader, by);
  checkFlag("includeUsage", includeUsage, by);
  if (!(typeof idleMs === "number" && idleMs >= 1 && idleMs <= longestIdleMs)) {
    throw invalidArgument(`the option idleMs of ${by}()`, idleMs, `milliseconds from 1 to ${longestIdleMs}`);
  }
  return scopeOf(aiwatch, {
    model,
    provider,
    forReader,
    includeUsage: includeUsage ?? false,
    idleMs,
    observes: allowed ?? (() => true),
    isGlobal: allowed !== undefined,
  });
}

function checkText(name: string, value: unknown, by: string): void {
  if (value === undefined || (typeof value === "string" && value.trim() !== "")) return;
  throw invalidArgument(`the option ${name} of ${by}()`, value, "a name; leave it out to use the server's own");
}

function checkFlag(name: string, value: unknown, by: string): void {
  if (value === undefined || typeof value === "boolean") return;
  throw invalidArgument(`the option ${name} of ${by}()`, value, "true or false");
}
