import type { Aiwatch, InferenceHandle, Operation as OperationName } from "@aiwatch/core";
import type { Undo } from "../patch/patch-method.ts";
import { isObject } from "../received.ts";
import type { SequenceTap } from "../sequence/tap-sequence.ts";
import { errorTypeOf } from "./error-type.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { requestParametersOf, signalOf } from "./request-parameters.ts";

/** One call that makes the model work, as it was issued. */
export interface OperationStart {
  readonly aiwatch: Aiwatch;
  readonly model: string;
  readonly operation: OperationName;
  /** The options that the caller passed. Read, never changed. */
  readonly options: unknown;
  readonly tap: SequenceTap;
  /** Lets go of the tap, once the operation ended. */
  readonly release: Undo;
}

/**
 * One running call, in the engine's terms: what the sequence does for it and how it ends, told to core's inference. A timer that the app
 * starts in a callback keeps it alive, so that once it ended it holds neither the sequence nor what the caller passed.
 */
export class Operation {
  readonly inference: InferenceHandle;
  readonly tap: SequenceTap;
  readonly #aiwatch: Aiwatch;
  readonly #operation: OperationName;
  #signal: AbortSignal | undefined;
  #release: Undo | undefined;
  #evaluating = false;
  /** Tokens of this conversation that were prompted or generated so far, as the last evaluation left them; unknown before the first. */
  #length: number | undefined;

  constructor(start: OperationStart) {
    const { aiwatch, model, operation, options, tap, release } = start;
    this.#aiwatch = aiwatch;
    this.#operation = operation;
    this.#release = release;
    this.#signal = signalOf(options);
    this.tap = tap;
    this.inference = aiwatch.startInference({ model, operation, parameters: requestParametersOf(options) });
  }

  /** The engine took it up: its queue time ends. */
  takenUp(): void {
    this.#guard("beginning an evaluation", () => this.inference.evaluationBegun());
  }

  /**
   * Tokens are about to be evaluated for it.
   * @param position the sequence's next token index: at the first evaluation, the prompt's tokens that are in the KV cache already
   */
  evaluates(tokens: number, position: number): void {
    this.#guard("evaluating tokens", () => {
      this.inference.evaluationBegun(position);
      this.inference.promptTokens(this.#newTokens(tokens, position));
      this.tap.evaluating = this;
      if (!this.#evaluating) this.tap.activity.running += 1;
      this.#evaluating = true;
    });
  }

  /**
   * How many of the tokens to evaluate were not there before. An answer is evaluated in several parts when the context is shifted, which
   * evaluates again what it keeps, and when a function's result is added, which is new.
   */
  #newTokens(tokens: number, position: number): number {
    const added = this.#length === undefined ? tokens : Math.max(0, position + tokens - this.#length);
    this.#length = position + tokens;
    return added;
  }

  /** A batch with its tokens is about to be decoded. */
  decodes(): void {
    this.#guard("decoding a batch", () => this.inference.promptEvalBegun());
  }

  /** A token was generated. Called for each: no closure here. */
  token(): void {
    try {
      if (this.#length !== undefined) this.#length += 1;
      this.inference.token();
    } catch (error) {
      this.#aiwatch.diagnostics.fault("adapter", "counting a token", error);
    }
  }

  completed(result: unknown): void {
    this.#finish("ending an operation", () => {
      const reason = finishReasonOf(isObject(result) ? Reflect.get(result, "stopReason") : undefined);
      if (reason.unified === "aborted") this.inference.abort(reason.raw);
      else this.inference.end(reason);
    });
  }

  failed(error: unknown): void {
    this.#finish("failing an operation", () => {
      if (this.#isAbort(error)) this.inference.abort();
      else this.inference.fail(error, errorTypeOf(error));
    });
  }

  /**
   * An abort rejects with exactly the signal's reason. A completion is also aborted by the session itself, when a prompt takes its place;
   * its caller's signal then says nothing.
   */
  #isAbort(error: unknown): boolean {
    const signal = this.#signal;
    if (signal?.aborted === true && error === signal.reason) return true;
    return this.#operation === "text_completion" && error instanceof Error && error.name === "AbortError";
  }

  #finish(what: string, action: () => void): void {
    this.#guard(what, action);
    if (this.#evaluating) this.tap.activity.running -= 1;
    this.#evaluating = false;
    if (this.tap.evaluating === this) this.tap.evaluating = undefined;
    this.#guard("letting go of a sequence", () => this.#release?.());
    this.#release = undefined;
    this.#signal = undefined;
  }

  #guard(what: string, action: () => void): void {
    this.#aiwatch.diagnostics.guard("adapter", what, action);
  }
}
