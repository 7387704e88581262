import { context, type Span, trace } from "@opentelemetry/api";
import type { Operation } from "../catalogue/values.ts";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { errorName } from "../errors.ts";
import type { LiveDecode } from "../models/decode-rates.ts";
import { currentRequest } from "../request/scope.ts";
import { runIn } from "../tracing/run-in.ts";
import { silentSpan, spanIdsOf } from "../tracing/span-ids.ts";
import { decodeRate, durationsOf } from "./arithmetic.ts";
import { endInferenceSpan, startInferenceSpan } from "./inference-span.ts";
import type { FinishReason, InferenceRecord, RequestParameters } from "./record.ts";

/** What is known when an inference is issued. */
export interface InferenceStart {
  /** The model's name, never a path. */
  readonly model: string;
  /** @default "chat" */
  readonly operation?: Operation;
  /** OpenTelemetry's `gen_ai.provider.name`. @default "llama.cpp" */
  readonly provider?: string;
  readonly parameters?: RequestParameters;
  /** Whether the model runs in this process or behind HTTP: the span's kind. @default "internal" */
  readonly kind?: "internal" | "client";
}

/** Counts that an engine reports at the end; they take the place of what was counted on the way. */
export interface Usage {
  /** Prompt tokens, those reused from the KV cache included. */
  readonly promptTokens?: number;
  readonly cachedPromptTokens?: number;
  readonly outputTokens?: number;
}

/**
 * One running inference. An adapter, or an app with an engine that we do not know, tells it what happened; it ends exactly once, and what
 * is told afterwards changes nothing.
 */
export interface InferenceHandle {
  /** Its span: not recording where the app has no tracing. */
  readonly span: Span;
  readonly ended: boolean;
  /** Runs `action` with the inference's span as the active one. */
  run<Result>(action: () => Result): Result;
  /**
   * The engine took it out of the queue. The first call counts; the tokens may become known in a later one.
   * @param cachedTokens prompt tokens whose KV entries are reused
   */
  evaluationBegun(cachedTokens?: number): void;
  /** The engine began to evaluate prompt tokens. The first call counts. */
  promptEvalBegun(): void;
  /** Prompt tokens that are evaluated, added up. */
  promptTokens(evaluated: number): void;
  /** The first output was there, for engines whose tokens cannot be counted as they come. */
  firstToken(): void;
  /** Output tokens that were generated just now. @param count @default 1 */
  token(count?: number): void;
  /** It ended by itself. */
  end(finishReason: FinishReason, usage?: Usage): void;
  /** The caller ended it. */
  abort(raw?: string): void;
  /** It failed. @param type one of the catalogue's error types; the error's class where it is left out */
  fail(error: unknown, type?: string): void;
}

/** What an inference needs of the instance that it belongs to. */
export interface InferenceHost {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Called at the start and at the end: the running ones are what the live rate adds up. */
  began(model: string, operation: Operation, decode: LiveDecode): void;
  ended(model: string, decode: LiveDecode, record: InferenceRecord): void;
}

export class Inference implements InferenceHandle, LiveDecode {
  readonly span: Span;
  ended = false;
  outputTokens = 0;
  firstTokenAt: number | undefined;
  lastTokenAt: number | undefined;

  readonly #host: InferenceHost;
  readonly #start: Required<InferenceStart>;
  readonly #issuedAt: number;
  readonly #startedAt = new Date();
  readonly #requestId: string | undefined;
  #evaluationBegunAt: number | undefined;
  #promptEvalBegunAt: number | undefined;
  #cachedPromptTokens: number | undefined;
  #evaluatedPromptTokens: number | undefined;

  constructor(host: InferenceHost, start: InferenceStart) {
    this.#host = host;
    const { model, operation = "chat", provider = "llama.cpp", parameters = {}, kind = "internal" } = start;
    this.#start = { model, operation, provider, parameters, kind };
    this.#issuedAt = host.clock.now();
    const request = currentRequest();
    this.#requestId = request?.requestId;
    if (request !== undefined && (operation === "chat" || operation === "text_completion")) request.chat = true;
    this.span =
      host.diagnostics.guard("tracer", "starting an inference's span", () => startInferenceSpan(this.#start)) ??
      silentSpan();
    host.began(model, operation, this);
  }

  run<Result>(action: () => Result): Result {
    return runIn(
      () => trace.setSpan(context.active(), this.span),
      action,
      (error) => this.#host.diagnostics.fault("tracer", "activating an inference's span", error),
    );
  }

  evaluationBegun(cachedTokens?: number): void {
    if (this.ended) return;
    this.#evaluationBegunAt ??= this.#host.clock.now();
    if (isCount(cachedTokens)) this.#cachedPromptTokens ??= cachedTokens;
  }

  promptEvalBegun(): void {
    if (!this.ended) this.#promptEvalBegunAt ??= this.#host.clock.now();
  }

  promptTokens(evaluated: number): void {
    if (!this.ended && isCount(evaluated)) this.#evaluatedPromptTokens = (this.#evaluatedPromptTokens ?? 0) + evaluated;
  }

  firstToken(): void {
    if (!this.ended) this.firstTokenAt ??= this.#host.clock.now();
  }

  token(count = 1): void {
    if (this.ended || !isCount(count) || count < 1) return;
    const now = this.#host.clock.now();
    this.firstTokenAt ??= now;
    this.lastTokenAt = now;
    this.outputTokens += count;
  }

  end(finishReason: FinishReason, usage: Usage = {}): void {
    this.#finish(finishReason, usage);
  }

  abort(raw?: string): void {
    this.#finish({ unified: "aborted", ...(raw !== undefined && { raw }) }, {});
  }

  fail(error: unknown, type = errorName(error)): void {
    this.#finish({ unified: "error" }, {}, type);
  }

  #finish(finishReason: FinishReason, usage: Usage, failureType?: string): void {
    if (this.ended) return;
    this.ended = true;
    const record = this.#recordOf(finishReason, usage, failureType);
    this.#host.diagnostics.guard("tracer", "ending an inference's span", () => endInferenceSpan(this.span, record));
    this.#host.ended(this.#start.model, this, record);
  }

  #recordOf(finishReason: FinishReason, usage: Usage, failureType: string | undefined): InferenceRecord {
    const { model, operation, provider, parameters } = this.#start;
    const durations = durationsOf({
      issued: this.#issuedAt,
      evaluationBegun: this.#evaluationBegunAt,
      promptEvalBegun: this.#promptEvalBegunAt,
      firstToken: this.firstTokenAt,
      lastToken: this.lastTokenAt,
      ended: this.#host.clock.now(),
    });
    const counts = this.#countsOf(usage);
    const tokensPerSecond = decodeRate(counts.outputTokens ?? 0, durations.decodeMs);
    return Object.freeze({
      model,
      operation,
      provider,
      finishReason,
      parameters,
      startedAt: this.#startedAt,
      ...durations,
      ...counts,
      ...(tokensPerSecond !== undefined && { tokensPerSecond }),
      ...(failureType !== undefined && { failure: { type: failureType } }),
      ...(this.#requestId !== undefined && { requestId: this.#requestId }),
      ...spanIdsOf(this.span),
    });
  }

  /** What was counted on the way, and over it what the engine reported. Not known is not there. */
  #countsOf(usage: Usage): Usage {
    const cached = this.#cachedPromptTokens;
    const evaluated = this.#evaluatedPromptTokens;
    const counted = this.outputTokens > 0 || this.#evaluationBegunAt !== undefined;
    return {
      ...((cached ?? evaluated) !== undefined && { promptTokens: (cached ?? 0) + (evaluated ?? 0) }),
      ...(cached !== undefined && { cachedPromptTokens: cached }),
      ...(counted && { outputTokens: this.outputTokens }),
      ...(isCount(usage.promptTokens) && { promptTokens: usage.promptTokens }),
      ...(isCount(usage.cachedPromptTokens) && { cachedPromptTokens: usage.cachedPromptTokens }),
      ...(isCount(usage.outputTokens) && { outputTokens: usage.outputTokens }),
    };
  }
}

/** Engines report what is no count, too: what is unknown to them is `undefined`, null or -1. */
function isCount(count: number | undefined): count is number {
  return typeof count === "number" && count >= 0 && count < Number.POSITIVE_INFINITY;
}
