import { AsyncLocalStorage } from "node:async_hooks";
import type { InferenceHandle, ServerFacts } from "@aiwatch/core";
import { defined, modelNames, processWide, runObserved } from "@aiwatch/core/adapter";
import { Answer } from "../answers/answer.ts";
import { brokenType } from "../answers/error-type.ts";
import type { Figures } from "../answers/figures.ts";
import { type FetchArguments, type ModelCall, modelCallOf } from "../request/model-call.ts";
import type { StreamFormat } from "../scan/event-scanner.ts";
import { observedBody } from "./observed-body.ts";
import { withBody } from "./observed-response.ts";
import { providerAt, rememberProvider, type Scope, shownProviders } from "./scope.ts";

/** Any `fetch`, of whichever signature. */
export type AnyFetch = (...args: never[]) => unknown;

/** What each fetch that observes calls, and for whom. */
const observed = processWide(
  "@aiwatch/openai/fetches",
  1,
  () => new WeakMap<object, { fetch: AnyFetch; scope: Scope }>(),
);

/** Runs the calls of a fetch that the app had observed: the global one below it observes none of them again. */
const observedCalls = processWide("@aiwatch/openai/calls", 1, () => new AsyncLocalStorage<boolean>());

/** Whether a fetch observes already, by what the app asked for. The global one that the preload observes is none. */
export function isObserved(fetch: object): boolean {
  return observed().get(fetch)?.scope.isGlobal === false;
}

/** A fetch that passes every call on as it is, and observes those that make a model work. */
export function observedFetch<Fetch extends AnyFetch>(given: Fetch, scope: Scope): Fetch {
  // what the app says itself beats the preload
  const original = observed().get(given)?.fetch ?? given;
  const fetch = function (this: unknown, ...args: unknown[]): unknown {
    const call = () => Reflect.apply(original, this, args);
    const modelCall = scope.host.disabled ? undefined : observableCallOf(args as unknown as FetchArguments, scope);
    return modelCall === undefined ? call() : observe(modelCall, scope, call);
  };
  for (const name of ["name", "length"] as const) {
    Object.defineProperty(fetch, name, { value: original[name], configurable: true });
  }
  observed().set(fetch, { fetch: original, scope });
  return fetch as unknown as Fetch;
}

function observableCallOf(args: FetchArguments, { host, observes, isGlobal }: Scope): ModelCall | undefined {
  if (isGlobal && observedCalls().getStore() === true) return undefined;
  const call = host.diagnostics.guard("adapter", "reading a call of fetch", () => modelCallOf(args));
  return call !== undefined && observes(call.url) ? call : undefined;
}

function observe(modelCall: ModelCall, scope: Scope, call: () => unknown): unknown {
  const { host } = scope;
  const { api, signals } = modelCall;
  const inference = issue(modelCall, scope);
  const completed = (response: unknown) => {
    if (!(response instanceof Response)) return inference.end({ unified: "stop" });
    const { status, headers, body } = response;
    const answer = new Answer({
      host,
      inference,
      api,
      status,
      format: status < 300 ? formatOf(headers, modelCall) : undefined,
      provider: /llama\.cpp/i.test(headers.get("server") ?? "") ? "llama.cpp" : undefined,
      choices: modelCall.choices,
      signals,
      idleMs: scope.idleMs,
      hidesUsage: false,
      served: (figures) => served(figures, modelCall, scope),
    });
    if (body === null) answer.closed();
    else withBody(response, observedBody(body, answer, host.diagnostics));
  };
  const failed = (error: unknown) => {
    const type = brokenType(error);
    if (type !== "timeout" && signals.some(({ aborted }) => aborted)) inference.abort("aborted");
    else inference.fail(error, type);
  };
  const inside = scope.isGlobal ? call : () => observedCalls().run(true, call);
  return runObserved({ inference, completed, failed }, inside, host.diagnostics);
}

function issue({ api, url, server, requested, ...known }: ModelCall, scope: Scope): InferenceHandle {
  const { address, parameters, attempt } = known;
  return scope.host.issueInference({
    model: scope.model ?? modelNames().of({ server, requested }),
    operation: api.operation,
    provider: shownProviders().get(server) ?? scope.provider ?? api.provider ?? providerAt(url),
    kind: "client",
    parameters,
    server: address,
    ...defined({ requestedModel: requested, attempt, forReader: scope.forReader }),
  });
}

function formatOf(headers: Headers, { api, parameters }: ModelCall): StreamFormat | undefined {
  const type = headers.get("content-type") ?? "";
  if (/event-stream/i.test(type)) return "events";
  const isLines = api.streamsLines === true && parameters.stream !== false;
  return isLines || /ndjson|jsonl/i.test(type) ? "lines" : undefined;
}

/** What an answer says of its server, under the name that the model counts as from now on. */
function served(figures: Figures, { server, requested }: ModelCall, { model }: Scope): ServerFacts {
  const { provider, id, model: reported } = figures;
  if (provider !== undefined) rememberProvider(server, provider);
  const learned = reported === undefined ? undefined : modelNames().answered({ server, requested }, reported);
  return defined<ServerFacts>({ countsAs: model ?? learned, provider, model: reported, id });
}
