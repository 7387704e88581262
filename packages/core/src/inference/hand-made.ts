import type { Span } from "@opentelemetry/api";
import { currentRequest, type RequestScope } from "../request/scope.ts";
import type { Message } from "./content.ts";
import { outlivesRequest } from "./given.ts";
import { Inference, type InferenceHost } from "./inference.ts";
import type { InferenceHandle, InferenceStart, Usage } from "./inference-handle.ts";
import type { FinishReason, SpeculativeTokens } from "./record.ts";
import type { ToolHandle, ToolStart } from "./tool-handle.ts";
import { Vigil, type VigilHost } from "./vigil.ts";

/**
 * The handle of an inference that the app reports by hand, and may forget to end. Nothing of ours holds it: what it stands for can then be
 * ended without it.
 */
export class HandMadeInference implements InferenceHandle {
  readonly #inference: Inference;
  readonly #vigil: Vigil;

  constructor(host: InferenceHost & VigilHost, start: InferenceStart) {
    this.#inference = new Inference(host, start);
    this.#vigil = new Vigil(this, this.#inference, host, requestOf(start));
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
    this.#vigil.reported();
    let result: Result | undefined;
    try {
      result = this.#inference.run(action);
      return result;
    } finally {
      this.#vigil.ran(result);
    }
  }

  evaluationBegun(): void {
    this.#inference.evaluationBegun();
    this.#vigil.reported();
  }

  promptTokens(evaluated: number, cached?: number): void {
    this.#inference.promptTokens(evaluated, cached);
    this.#vigil.reported();
  }

  prefilled(tokens: number): void {
    this.#inference.prefilled(tokens);
    this.#vigil.reported();
  }

  firstToken(): void {
    this.#inference.firstToken();
    this.#vigil.reported();
  }

  tokenAsked(): void {
    this.#inference.tokenAsked();
    this.#vigil.reported();
  }

  token(count?: number): void {
    this.#inference.token(count);
    this.#vigil.reported();
  }

  reasoningTokens(count: number): void {
    this.#inference.reasoningTokens(count);
    this.#vigil.reported();
  }

  undeliveredTokens(count: number): void {
    this.#inference.undeliveredTokens(count);
    this.#vigil.reported();
  }

  contextShift(): void {
    this.#inference.contextShift();
    this.#vigil.reported();
  }

  speculativeTokens(tokens: SpeculativeTokens): void {
    this.#inference.speculativeTokens(tokens);
    this.#vigil.reported();
  }

  dimensions(length: number): void {
    this.#inference.dimensions(length);
    this.#vigil.reported();
  }

  startTool(start: ToolStart): ToolHandle {
    this.#vigil.reported();
    return new HandMadeTool(this.#inference.startTool(start), this.#vigil);
  }

  input(messages: readonly Message[], instructions?: string): void {
    this.#inference.input(messages, instructions);
    this.#vigil.reported();
  }

  output(messages: readonly Message[]): void {
    this.#inference.output(messages);
    this.#vigil.reported();
  }

  end(finishReason: FinishReason, usage?: Usage): void {
    this.#inference.end(finishReason, usage);
    this.#vigil.reported();
  }

  abort(raw?: string): void {
    this.#inference.abort(raw);
    this.#vigil.reported();
  }

  fail(error: unknown, type?: string): void {
    this.#inference.fail(error, type);
    this.#vigil.reported();
  }
}

/** What begins when its request is closed already has none that it could be forgotten in, as in a worker that a request set going. */
function requestOf(start: InferenceStart): RequestScope | undefined {
  const request = outlivesRequest(start) ? undefined : currentRequest();
  return request?.closed === true ? undefined : request;
}

/** A tool's run that the app reports by hand. What it reports is a sign of life of its inference, too. */
class HandMadeTool implements ToolHandle {
  readonly #tool: ToolHandle;
  readonly #inference: Vigil;
  readonly #vigil: Vigil;

  constructor(tool: ToolHandle, inference: Vigil) {
    this.#tool = tool;
    this.#inference = inference;
    this.#vigil = new Vigil(this, tool, inference.host, inference.request);
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
      this.#vigil.ran(result);
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
    this.#vigil.reported();
    this.#inference.reported();
  }
}
