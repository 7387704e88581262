import type { InferenceHandle, ServerFacts } from "@aiwatch/core";
import { copyWith, defined, isObject, modelNames, type SettlementObserver, valueAt } from "@aiwatch/core/adapter";
import { Answer } from "../answers/answer.ts";
import { promptOf } from "../answers/content.ts";
import { brokenType, errorTypeOf, isAbort, isErrorStatus } from "../answers/error-type.ts";
import { type Figures, textAt } from "../answers/figures.ts";
import { type FetchArguments, headerOf, jsonObjectOf, type ModelCall } from "../request/model-call.ts";
import type { StreamFormat } from "../scan/event-scanner.ts";
import { ObservedBody } from "./observed-body.ts";
import { withBody } from "./observed-response.ts";
import { providerAt, rememberProvider, type Scope, shownProviders } from "./scope.ts";

/** One call of `fetch` that makes a model work: an inference from the call to the head of the answer, which the answer then ends. */
export class ObservedCall implements SettlementObserver {
  readonly inference: InferenceHandle;
  readonly #call: ModelCall;
  readonly #scope: Scope;
  readonly #provider: string;
  #requested: string | undefined;
  /** A copy of the request, where the model's name is to be read from it. */
  #copy: Request | undefined;
  /** Whether the usage of the stream was asked for by us. */
  #asksUsage = false;

  constructor(call: ModelCall, scope: Scope) {
    this.#call = call;
    this.#scope = scope;
    this.#requested = call.requested;
    const { api, url, server, address, parameters, attempt, requested, request } = call;
    this.#provider = shownProviders().get(server) ?? scope.provider ?? api.provider ?? providerAt(url);
    this.inference = scope.host.issueInference({
      model: scope.model ?? modelNames().of({ server, requested }),
      operation: api.operation,
      provider: this.#provider,
      kind: "client",
      parameters,
      server: address,
      ...defined({ requestedModel: requested, attempt, forReader: scope.forReader }),
    });
    this.#guard("reading a prompt", () => this.#keepPrompt());
    // it is read when the answer's head is there: a body that streams is sent at its own pace
    this.#copy = this.#guard("copying a request", () => request?.clone());
  }

  #keepPrompt(): void {
    const { body } = this.#call;
    if (body === undefined || !this.inference.capturesContent) return;
    const { messages, instructions } = promptOf(body);
    this.inference.input(messages, instructions);
  }

  /** @returns the arguments to call `fetch` with: the app's own, unless it wants the usage of a stream that it did not ask for */
  argumentsOf(args: FetchArguments): FetchArguments {
    if (!this.#scope.includeUsage) return args;
    const asking = this.#guard("asking for a usage", () => askingForUsage(args, this.#call));
    this.#asksUsage = asking !== undefined;
    return asking ?? args;
  }

  /** The head of the answer came. */
  completed(response: unknown): void {
    this.#readCopy();
    if (isObservable(response)) this.#answered(response);
    else this.#unobservable(valueAt(response, "status"));
  }

  /** What came of it is not to be seen, but for its status. */
  #unobservable(status: unknown): void {
    if (typeof status === "number" && isErrorStatus(status)) {
      this.inference.fail(undefined, errorTypeOf(status, undefined));
      return;
    }
    this.#scope.host.diagnostics.fault("adapter", "observing a response", new TypeError("it has no body to read"));
    this.inference.end({ unified: "stop" });
  }

  failed(error: unknown): void {
    const type = brokenType(error);
    if (type !== "timeout" && isAbort(error, this.#call.signal)) this.inference.abort("aborted");
    else this.inference.fail(error, type);
  }

  #answered(response: Response): void {
    const { host, idleMs } = this.#scope;
    const { api, choices, hasPrompts, signal } = this.#call;
    const { status, headers, body } = response;
    const answer = new Answer({
      host,
      inference: this.inference,
      api,
      status,
      format: isErrorStatus(status) ? undefined : this.#formatOf(headers),
      provider: this.#shownBy(headers),
      expected: this.#provider,
      choices,
      hasPrompts,
      signal,
      idleMs,
      hidesUsage: this.#asksUsage,
      served: (figures) => this.#served(figures),
    });
    if (body === null) answer.closed();
    else withBody(response, new ObservedBody(body, answer, host.diagnostics, this.#asksUsage));
  }

  /**
   * The provider that the head of an answer shows, of one that is an error, too. Docker Model Runner speaks Ollama's API as well: what the server
   * showed before is a stronger sign than the path.
   */
  #shownBy(headers: Headers): string | undefined {
    const { api, server } = this.#call;
    if (!/llama\.cpp/i.test(headers.get("server") ?? "")) {
      return api.provider === undefined ? undefined : shownProviders().get(server);
    }
    const provider = "llama.cpp";
    rememberProvider(server, provider);
    this.inference.served({ provider });
    return provider;
  }

  #formatOf(headers: Headers): StreamFormat | undefined {
    const { api, parameters } = this.#call;
    const type = headers.get("content-type") ?? "";
    if (/event-stream/i.test(type)) return "events";
    const isLines = api.streamsLines === true && parameters.stream !== false;
    return isLines || /ndjson|jsonl/i.test(type) ? "lines" : undefined;
  }

  /** What the answer says of its server, under the name that the model counts as from now on. */
  #served({ provider, id, model: reported }: Figures): ServerFacts {
    const { server } = this.#call;
    if (provider !== undefined) rememberProvider(server, provider);
    const model = { server, requested: this.#requested };
    const learned = reported === undefined ? undefined : modelNames().answered(model, reported);
    return defined<ServerFacts>({ countsAs: this.#scope.model ?? learned, provider, model: reported, id });
  }

  #readCopy(): void {
    const copy = this.#copy;
    this.#copy = undefined;
    // a body that breaks breaks the app's call, too
    const read = async () => this.#named(jsonObjectOf((await copy?.text().catch(() => "")) ?? ""));
    if (copy !== undefined) this.#guard("reading a request", read);
  }

  /** The request's own name for the model is known late. */
  #named(body: object | undefined): void {
    this.#requested = body === undefined ? undefined : textAt(body, "model");
    if (this.#requested === undefined) return;
    const model = { server: this.#call.server, requested: this.#requested };
    this.inference.served({ requestedModel: model.requested, countsAs: this.#scope.model ?? modelNames().of(model) });
  }

  #guard<Result>(what: string, action: () => Result): Result | undefined {
    return this.#scope.host.diagnostics.guard("adapter", what, action);
  }
}

/** By what is used of it: an app may have a `fetch` of another implementation, and one that has read the body itself. */
function isObservable(value: unknown): value is Response {
  const body = valueAt(value, "body");
  const isReadable = typeof valueAt(body, "getReader") === "function" && valueAt(body, "locked") === false;
  const canRead = body === null || (isReadable && Object.isExtensible(value));
  return (
    canRead &&
    valueAt(value, "bodyUsed") === false &&
    typeof valueAt(value, "status") === "number" &&
    typeof valueAt(value, "headers", "get") === "function"
  );
}

/** @returns undefined where it is no stream that can tell a usage, and where the app says itself whether it wants one */
function askingForUsage([input, init, ...rest]: FetchArguments, call: ModelCall): FetchArguments | undefined {
  const { api, body, parameters } = call;
  const canAsk = api.hasStreamOptions === true && parameters.stream === true;
  // of another length, the body would be refused
  if (!canAsk || headerOf(valueAt(init, "headers"), "content-length") !== undefined) return undefined;
  if (body === undefined || !isObject(init) || typeof valueAt(init, "body") !== "string") return undefined;
  const options = valueAt(body, "stream_options");
  if (valueAt(options, "include_usage") !== undefined) return undefined;
  const asking = { ...body, stream_options: { ...Object(options), include_usage: true } };
  return [input, copyWith(init, { body: JSON.stringify(asking) }), ...rest];
}
