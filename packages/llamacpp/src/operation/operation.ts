import type { Diagnostics, InferenceHandle, Operation as OperationName } from "@aiwatch/core";
import {
  type AdapterHost,
  generates,
  isObject,
  numberAt,
  type ToolOwner,
  toolErrorTypeOf,
  type Undo,
  type ValueObserver,
} from "@aiwatch/core/adapter";
import { bareLevel } from "../engine/calls.ts";
import type { SequenceTap, TappedOperation } from "../sequence/tap.ts";
import { PromptProgress } from "./prompt-progress.ts";
import {
  hearsThoughts,
  readSpeculation,
  requestParametersOf,
  type Speculation,
  signalOf,
  speculationSince,
} from "./request.ts";
import { errorTypeOf, finishReasonOf, isAborted, readResult } from "./result.ts";
import type { ThoughtCounter } from "./thought-counter.ts";
import { Evaluating, type Left, type Unsettled, unsettledOn } from "./unsettled.ts";

/** One call that makes the model work, as it was issued. */
export interface OperationStart {
  readonly host: AdapterHost;
  readonly model: string;
  /** Whether its tokens are for a reader; undefined where nobody said it. */
  readonly forReader?: boolean | undefined;
  readonly operation: OperationName;
  /** The options that the caller passed. Read, never changed. */
  readonly options: unknown;
  readonly level: number;
  /** The object that was called, where it was not the sequence. */
  readonly caller?: object;
  /** Whether it was called by a method of the object's own, which leads to its class's. */
  readonly byOwnMethod?: boolean;
  readonly sequence: object;
  readonly tap: SequenceTap;
  /** Releases the tap, once the operation ended. */
  readonly release: Undo;
  /** Whether each evaluation is an input of its own, such as a text to embed or a question to decide. */
  readonly startsOver?: boolean | undefined;
  /** Whether it runs on whichever of its context's sequences is free. */
  readonly wholeContext?: boolean | undefined;
  /** Tells thoughts from answer, where the model's template has thoughts. */
  readonly thoughts?: ThoughtCounter | undefined;
}

/**
 * One running call, in the engine's terms: what the sequence does for it and how it ends, reported to core's inference. A timer that the app
 * starts in a callback keeps it alive, so that once it ended it holds neither the sequence nor what the caller passed.
 */
export class Operation implements TappedOperation, ValueObserver, ToolOwner {
  readonly inference: InferenceHandle;
  readonly level: number;
  /** Where its tokens come from, as it was issued; gone once it ended. */
  #tap: SequenceTap | undefined;
  /** Where else it was evaluated: an operation that takes whichever of several sequences is free. */
  #others: Set<SequenceTap> | undefined;
  readonly #evaluating: Evaluating;
  readonly #wholeContext: boolean;
  readonly #host: AdapterHost;
  readonly diagnostics: Diagnostics;
  readonly #operation: OperationName;
  readonly #streams: boolean;
  readonly #hearsThoughts: boolean;
  readonly #progress: PromptProgress;
  readonly #thoughts: ThoughtCounter | undefined;
  readonly #drafts: Speculation | undefined;
  /** What is left to do should its sequence be collected, among all that is open there. */
  readonly #left: Left;
  readonly #unsettled: Unsettled;
  #sequence: object | undefined;
  #caller: { readonly disposed?: unknown } | undefined;
  /** Whose class's methods are called for it. */
  #ownCaller: object | undefined;
  #signal: AbortSignal | undefined;
  #release: Undo | undefined;
  #isOver = false;
  #generated = 0;
  /** The last token came when the call was called off already: it is handed on to nobody. */
  #late = false;
  #toolError: unknown;

  constructor(start: OperationStart) {
    const { host, model, operation, options, level, sequence, tap, release, thoughts } = start;
    this.#host = host;
    this.diagnostics = host.diagnostics;
    this.#operation = operation;
    this.level = level;
    this.#release = release;
    this.#sequence = sequence;
    this.#caller = start.caller;
    if (start.byOwnMethod === true) this.#ownCaller = start.caller;
    this.#signal = signalOf(options);
    this.#progress = new PromptProgress(start.startsOver === true);
    this.#wholeContext = start.wholeContext === true;
    this.#thoughts = thoughts;
    this.#tap = tap;
    this.#evaluating = new Evaluating(tap.activity);
    const parameters = requestParametersOf(options);
    this.#streams = parameters.stream === true;
    this.#hearsThoughts = hearsThoughts(options);
    this.#drafts = this.#guard("reading a token predictor", () => readSpeculation(sequence));
    this.inference = host.issueInference({
      model,
      operation,
      parameters,
      provider: host.engine.name,
      reasoningSoFar: thoughts && certainOf(thoughts),
      forReader: start.forReader,
    });
    this.#left = { inference: this.inference, evaluating: this.#evaluating };
    this.#unsettled = unsettledOn(sequence);
    this.#unsettled.add(this.#left);
    tap.open(this);
  }

  /** Whether what a sequence evaluates in its scope is for it. A function that the model calls may use another sequence. */
  covers(tap: SequenceTap | undefined): boolean {
    if (this.#tap === undefined || tap === undefined) return false;
    return tap === this.#tap || (this.#wholeContext && tap.activity === this.#tap.activity);
  }

  /**
   * Whether a call of the class's method is this operation's own, on its way there from the object's: at once, or later, and as often as an app's
   * override in between likes. What the caller calls on itself from a callback goes through the object's own method again, and is another one.
   */
  leadsTo(caller: object): boolean {
    return this.#ownCaller === caller;
  }

  /** The sequence is made to fit its prompt: what does not fit is evicted. */
  adapts(position: number): void {
    this.#progress.adapts(position);
  }

  /**
   * Tokens are about to be evaluated for it.
   * @param tokens as they are handed to the sequence
   * @param position the sequence's next token index: at the first evaluation, the prompt's tokens that are in the KV cache already. What a
   *   bare evaluation finds there is the app's own context, and no reuse
   */
  evaluates(tap: SequenceTap, tokens: readonly unknown[], position: number): void {
    if (this.#isOver) return;
    this.#guard("evaluating tokens", () => {
      if (this.#progress.begun) this.#thoughts?.evaluated(tokens);
      const { added, shifted } = this.#progress.begins(tokens.length, position, this.#contextSize());
      if (this.level === bareLevel) this.inference.promptTokens(added);
      else this.inference.promptTokens(added, position);
      if (shifted) this.inference.contextShift();
      if (tap !== this.#tap) {
        this.#others ??= new Set();
        this.#others.add(tap);
      }
      tap.current = this;
      tap.prefills(this);
    });
  }

  /**
   * A batch with some of its prompt's tokens is about to be decoded.
   * @returns whether there are more to come
   */
  prefills(tokens: number): boolean {
    if (this.#isOver) return false;
    return (
      this.#guard("decoding a batch", () => {
        this.inference.evaluationBegun();
        this.inference.prefilled(this.#progress.decoded(tokens));
        this.#evaluating.begin();
        return this.#progress.prefilling;
      }) ?? false
    );
  }

  /** The sequence itself evicted tokens in the midst of a decode. */
  shifts(): void {
    this.#guard("counting a context shift", () => this.inference.contextShift());
  }

  /** The engine could not move what it kept of the KV cache, and evaluates it again. */
  evaluatesAgain(tokens: readonly unknown[]): void {
    this.#guard("evaluating tokens again", () => this.inference.prefilled(tokens.length));
  }

  /** The engine is asked for something. */
  resumes(): void {
    if (!this.#isOver) this.#tap?.open(this);
  }

  /** A generator that was asked for nothing more: its consumer is busy, or gone. */
  suspends(): void {
    this.#tap?.suspended(this);
  }

  /** Its consumer asks for the next token. Called for each: no closure here. */
  asks(): void {
    try {
      this.#late = false;
      this.inference.tokenAsked();
    } catch (error) {
      this.diagnostics.fault("adapter", "awaiting a token", error);
    }
  }

  /** A token was generated. Called for each: no closure here. */
  yields(token: unknown): void {
    try {
      this.#late = this.#isCalledOff();
      this.#generated += 1;
      this.#progress.generated();
      this.inference.token();
      if (this.#thoughts !== undefined) this.#thoughts.add(isObject(token) ? Reflect.get(token, "token") : undefined);
    } catch (error) {
      this.diagnostics.fault("adapter", "counting a token", error);
    }
  }

  /** Tokens that were generated all at once. */
  tokens(count: number): void {
    this.#guard("counting tokens", () => this.inference.token(count));
  }

  isAborted(error: unknown): boolean {
    return isAborted(this.#signal, error);
  }

  toolFailed(error: unknown): void {
    this.#toolError ??= error;
  }

  completed(value: unknown): void {
    this.#finish("ending an operation", () => {
      const { stopReason, dimensions, output, thinks, usage } =
        this.#guard("reading a result", () => readResult(value)) ?? {};
      this.#reportThoughts(thinks);
      const reason = finishReasonOf(stopReason);
      if (this.#generates) this.inference.undeliveredTokens(0);
      if (dimensions !== undefined) this.inference.dimensions(dimensions);
      if (output !== undefined && this.inference.capturesContent) {
        this.inference.output([{ role: "assistant", text: output, finishReason: reason.unified }]);
      }
      if (reason.unified === "aborted") this.inference.abort(reason.raw);
      else this.inference.end(reason, usage);
    });
  }

  /** Its consumer wanted no more. All that came was delivered. */
  brokenOff(raw: string): void {
    this.#finish("breaking off an operation", () => {
      this.inference.undeliveredTokens(0);
      this.inference.abort(raw);
    });
  }

  failed(error: unknown): void {
    this.#finish("failing an operation", () => {
      if (this.#generates) this.inference.undeliveredTokens(this.#undelivered());
      this.#reportThoughts(undefined);
      // apps throw what cannot be read, too: whatever it is, the inference ended
      const isAbort = this.#guard("reading an error", () => this.#isAbort(error)) === true;
      if (isAbort) this.inference.abort();
      else
        this.inference.fail(
          error,
          this.#guard("naming an error", () => this.#errorTypeOf(error)),
        );
    });
  }

  /** Its end is put off for a moment. @returns takes that away again */
  endsAtLast(end: () => void): Undo {
    return this.#host.endsAtLast(end);
  }

  /** Its sequence was disposed under it, and its promise says nothing. What the caller had called off before is an abort all the same. */
  disposed(): void {
    this.#finish("ending what was disposed", () => {
      if (this.#generates) this.inference.undeliveredTokens(this.#undelivered());
      this.#reportThoughts(undefined);
      if (this.#signal?.aborted === true) this.inference.abort();
      else this.inference.fail(undefined, "disposed");
    });
  }

  get #generates(): boolean {
    return generates(this.#operation);
  }

  /**
   * What a call that rejects did not hand on: all, unless it streamed; then a token that came too late, and thoughts that no callback was there
   * for. A bare evaluation's consumer has all.
   */
  #undelivered(): number {
    if (this.level === bareLevel) return 0;
    if (!this.#streams) return this.#generated;
    const late = this.#late ? 1 : 0;
    if (this.#hearsThoughts || this.#thoughts === undefined) return late;
    return this.#thoughts.hidden + (this.#thoughts.hidesLast ? 0 : late);
  }

  #isCalledOff(): boolean {
    if (this.#signal?.aborted === true) return true;
    return this.#caller?.disposed === true;
  }

  #errorTypeOf(error: unknown): string | undefined {
    return this.#toolError !== undefined && error === this.#toolError ? toolErrorTypeOf(error) : errorTypeOf(error);
  }

  /**
   * An abort rejects with exactly the signal's reason. A completion is also aborted by the session itself, when a prompt takes its place;
   * its caller's signal then says nothing.
   */
  #isAbort(error: unknown): boolean {
    if (isAborted(this.#signal, error)) return true;
    return this.#operation === "text_completion" && error instanceof Error && error.name === "AbortError";
  }

  #contextSize(): number | undefined {
    return this.#sequence === undefined ? undefined : numberAt(this.#sequence, "contextSize");
  }

  #finish(what: string, action: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unsettled.settled(this.#left);
    this.#guard("reading a token predictor", () => this.#reportSpeculation());
    this.#guard(what, action);
    this.#evaluating.end();
    this.#tap?.leave(this);
    for (const tap of this.#others ?? []) tap.leave(this);
    this.#others = undefined;
    this.#guard("releasing a sequence", () => this.#release?.());
    this.#release = undefined;
    this.#signal = undefined;
    this.#sequence = undefined;
    this.#caller = undefined;
    this.#ownCaller = undefined;
    this.#toolError = undefined;
    this.#tap = undefined;
  }

  #reportSpeculation(): void {
    if (this.#drafts === undefined || this.#sequence === undefined) return;
    const now = readSpeculation(this.#sequence);
    if (now !== undefined) this.inference.speculativeTokens(speculationSince(this.#drafts, now));
  }

  /**
   * @param thinks whether the result holds a thought; unknown where there is no result. A template that is marked in another way than its
   *   tokens show would be counted wrong, and is left unknown
   */
  #reportThoughts(thinks: boolean | undefined): void {
    if (this.#thoughts === undefined) return;
    const { count } = this.#thoughts;
    if (thinks === undefined ? count > 0 : thinks === count > 0) this.inference.reasoningTokens(count);
  }

  #guard<Result>(what: string, action: () => Result): Result | undefined {
    return this.diagnostics.guard("adapter", what, action);
  }
}

/** Made apart from all that knows the sequence: the inference holds it, and an inference that nobody settles ends with its sequence. */
function certainOf(thoughts: ThoughtCounter): () => number {
  return () => thoughts.certain;
}
