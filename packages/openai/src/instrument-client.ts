import { AiwatchError } from "@aiwatch/core";
import { describeReceived, isObject, processWide } from "@aiwatch/core/adapter";
import { type AnyFetch, isObserved, observedFetch } from "./fetch/observed-fetch.ts";
import { checkedScope, type ObserveOptions } from "./observe-fetch.ts";

/** A client that calls its own `fetch`, as those of `openai` and `ollama` do. */
export interface FetchingClient {
  /** Kept private by the clients' types. */
  readonly fetch?: unknown;
}

/** What clients had before they were instrumented. */
const instrumented = processWide("@aiwatch/openai/clients", 1, () => new WeakMap<object, Replaced>());

interface Replaced {
  readonly original: PropertyDescriptor;
  readonly observed: unknown;
}

/**
 * Observes a client of `openai` (6 and 7) or `ollama`: each call that makes a model work becomes one inference with its true tokens, times and
 * end. The client's own `fetch` is replaced, and nothing else: helpers, streams, errors and retries stay as they are, and each attempt is an
 * inference. Copies that `withOptions()` makes afterwards are observed, too. Doing it again changes nothing, and the first call's options hold.
 * @returns the same client
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what has no `fetch` of its own, which `observeFetch` is for, and for an option that cannot
 *   be used
 * @example
 * const openai = instrumentClient(new OpenAI({ baseURL: "http://localhost:8080/v1", apiKey: "none" }), { aiwatch });
 */
export function instrumentClient<Client extends object>(client: Client, options: ObserveOptions = {}): Client {
  const scope = checkedScope(options, "instrumentClient");
  const own = isObject(client) ? Object.getOwnPropertyDescriptor(client, "fetch") : undefined;
  if (own === undefined || typeof own.value !== "function" || own.writable !== true) throw notInstrumentable(client);
  if (isObserved(own.value)) return client;
  const observed = observedFetch(own.value as AnyFetch, scope);
  instrumented().set(client, { original: own, observed });
  Object.defineProperty(client, "fetch", { ...own, value: observed });
  return client;
}

/**
 * Ends the observation of a client: its `fetch` is what it was. Calls that run are observed to their end, and copies that `withOptions()` made
 * meanwhile stay observed. Where somebody replaced `fetch` after us, theirs stays. A client that is not observed is left alone.
 * @example uninstrument(openai);
 */
export function uninstrument(client: object): void {
  if (!isObject(client)) return;
  const replaced = instrumented().get(client);
  instrumented().delete(client);
  if (replaced === undefined || Reflect.get(client, "fetch") !== replaced.observed) return;
  Object.defineProperty(client, "fetch", replaced.original);
}

function notInstrumentable(received: unknown): AiwatchError {
  return new AiwatchError(
    "AIWATCH_INVALID_ARGUMENT",
    `instrumentClient() received ${describeReceived(received)}, expected a client with a fetch of its own, such as new OpenAI() or new Ollama(); for others give them a fetch that observes: new Client({ fetch: observeFetch(fetch) })`,
  );
}
