import type { Span } from "@opentelemetry/api";
import { currentRequest, type RequestScope } from "../request/scope.ts";
import { AbandonmentWatch, type WatchHost } from "./abandonment.ts";
import type { Message } from "./content.ts";
import { Inference, type InferenceHost } from "./inference.ts";
import type { InferenceHandle, InferenceStart, ServerFacts, Usage } from "./inference-handle.ts";
import { outlivesRequest } from "./received-values.ts";
import type { FinishReason, SpeculativeTokens } from "./record.ts";
import type { ToolHandle, ToolStart } from "./tool-handle.ts";

/**
 * The handle of an inference that the app reports by hand, and may forget to end. Nothing of ours holds it: what it stands for can then be
 * ended without it.
 */
export class ReportedInference implements InferenceHandle {
  readonly #inference: Inference;
  readonly #watch: AbandonmentWatch;

  constructor(host: InferenceHost & WatchHost, start: InferenceStart) {
    this.#inference = new Inference(host, start);
    this.#watch = new AbandonmentWatch(this, this.#inference, host, requestOf(start));
  }

  get span(): Span {
    return this.#inference.span;
  }

  get ended(): boolean {
    return this.#inference.ended;
  }

  get capturesContent(): boolean {
    return this.#inference.capturesContent;
  }

  run<Result>(action: () => Result): Result {
    this.#watch.reported();
    let result: Result | undefined;
    try {
      result = this.#inference.run(action);
      return result;
    } finally {
      this.#watch.ran(result);
    }
  }

  evaluationBegun(): void {
    this.#inference.evaluationBegun();
    this.#watch.reported();
  }

  promptTokens(evaluated: number, cached?: number): void {
    this.#inference.promptTokens(evaluated, cached);
    this.#watch.reported();
  }

  prefilled(tokens: number): void {
    this.#inference.prefilled(tokens);
    this.#watch.reported();
  }

  firstToken(): void {
    this.#inference.firstToken();
    this.#watch.reported();
  }

  outputCame(): void {
    this.#inference.outputCame();
    this.#watch.reported();
  }

  served(facts: ServerFacts): void {
    this.#inference.served(facts);
    this.#watch.reported();
  }

  toolsCalled(count: number): void {
    this.#inference.toolsCalled(count);
    this.#watch.reported();
  }

  tokenAsked(): void {
    this.#inference.tokenAsked();
    this.#watch.reported();
  }

  token(count?: number): void {
    this.#inference.token(count);
    this.#watch.reported();
  }

  reasoningTokens(count: number): void {
    this.#inference.reasoningTokens(count);
    this.#watch.reported();
  }

  undeliveredTokens(count: number): void {
    this.#inference.undeliveredTokens(count);
    this.#watch.reported();
  }

  contextShift(): void {
    this.#inference.contextShift();
    this.#watch.reported();
  }

  speculativeTokens(tokens: SpeculativeTokens): void {
    this.#inference.speculativeTokens(tokens);
    this.#watch.reported();
  }

  dimensions(length: number): void {
    this.#inference.dimensions(length);
    this.#watch.reported();
  }

  startTool(start: ToolStart): ToolHandle {
    this.#watch.reported();
    return new ReportedTool(this.#inference.startTool(start), this.#watch);
  }

  input(messages: readonly Message[], instructions?: string): void {
    this.#inference.input(messages, instructions);
    this.#watch.reported();
  }

  output(messages: readonly Message[]): void {
    this.#inference.output(messages);
    this.#watch.reported();
  }

  end(finishReason: FinishReason, usage?: Usage): void {
    this.#inference.end(finishReason, usage);
    this.#watch.reported();
  }

  abort(raw?: string, usage?: Usage): void {
    this.#inference.abort(raw, usage);
    this.#watch.reported();
  }

  fail(error: unknown, type?: string, usage?: Usage): void {
    this.#inference.fail(error, type, usage);
    this.#watch.reported();
  }
}

/** What begins when its request is closed already has none that it could be forgotten in, as in a worker that a request set going. */
function requestOf(start: InferenceStart): RequestScope | undefined {
  const request = outlivesRequest(start) ? undefined : currentRequest();
  return request?.closed === true ? undefined : request;
}

/** A tool's run that the app reports by hand. What it reports is a sign of life of its inference, too. */
class ReportedTool implements ToolHandle {
  readonly #tool: ToolHandle;
  readonly #inference: AbandonmentWatch;
  readonly #watch: AbandonmentWatch;

  constructor(tool: ToolHandle, inference: AbandonmentWatch) {
    this.#tool = tool;
    this.#inference = inference;
    this.#watch = new AbandonmentWatch(this, tool, inference.host, inference.request);
  }

  get span(): Span {
    return this.#tool.span;
  }

  get ended(): boolean {
    return this.#tool.ended;
  }

  run<Result>(action: () => Result): Result {
    this.#reported();
    let result: Result | undefined;
    try {
      result = this.#tool.run(action);
      return result;
    } finally {
      this.#watch.ran(result);
      this.#inference.ran(result);
    }
  }

  end(): void {
    this.#tool.end();
    this.#reported();
  }

  abort(): void {
    this.#tool.abort();
    this.#reported();
  }

  fail(error: unknown, type?: string): void {
    this.#tool.fail(error, type);
    this.#reported();
  }

  #reported(): void {
    this.#watch.reported();
    this.#inference.reported();
  }
}
