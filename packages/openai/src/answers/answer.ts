import { clearTimeout, setTimeout } from "node:timers";
import type { InferenceHandle, Usage } from "@aiwatch/core";
import { generates, valueAt } from "@aiwatch/core/adapter";
import { AnswerReader, type Piece, type ReadingStart } from "./answer-reader.ts";
import { brokenType, errorTypeOf, isAbort, isErrorStatus } from "./error-type.ts";

/** What is known of an answer when its head is there. */
export interface AnswerStart extends ReadingStart {
  /** The provider that the call was begun with: it holds where the answer shows none. */
  readonly expected?: string;
  readonly status: number;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds without a read after which nobody reads any more. */
  readonly idleMs: number;
}

/** How the reading of an answer came to its end. */
type Ending =
  | { readonly by: "close" }
  | { readonly by: "error"; readonly error: unknown }
  | { readonly by: "caller"; readonly raw: string };

/** An error answer ends so soon where nobody reads its body: its status says what happened. */
const unreadErrorMs = 1000;

/** Servers of which each event with output is at least a token. */
const perToken: ReadonlySet<string | undefined> = new Set(["llama.cpp", "ollama"]);

/**
 * An answer from its head to its end, which ends the inference once: how it ended is asked of what the answer told first, since clients abort
 * and cancel what is complete, too. It holds neither the response nor its body, so that both can be collected.
 */
export class Answer {
  readonly #start: AnswerStart;
  readonly #inference: InferenceHandle;
  readonly #reader: AnswerReader;
  /** Events with output that the app took. */
  #taken = 0;
  /** The app took what tells the end, or an error. */
  #isTold = false;
  #isAwaited = false;
  #handedAt: number;
  /** How long nobody may read. */
  readonly #idleMs: number;
  #timer: NodeJS.Timeout | undefined;
  #leave: ((reason: unknown) => void) | undefined;

  constructor(start: AnswerStart) {
    this.#start = start;
    this.#inference = start.inference;
    this.#reader = new AnswerReader(start);
    this.#handedAt = start.host.clock.now();
    this.#idleMs = this.#isError ? unreadErrorMs : start.idleMs;
    // behind fetch's own listener: it has raised the number of listeners that the signal may have
    start.signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#watchIdle(this.#idleMs);
  }

  /** The app asks for bytes. */
  asked(): void {
    this.#isAwaited = true;
  }

  /** Bytes came that the app asked for. @returns the pieces to hand over one by one; none where the chunk is one piece */
  read(chunk: Uint8Array): readonly Piece[] {
    return this.#reader.read(chunk);
  }

  /** The app has a piece, or a chunk that is none. */
  handed(piece: Piece | undefined): void {
    this.#isAwaited = false;
    this.#handedAt = this.#start.host.clock.now();
    if (piece?.isSpoken === true) this.#taken += 1;
    if (piece?.tellsEnd === true) this.#isTold = true;
    if (piece?.isLast === true) this.#end({ by: "close" });
  }

  /** The body ended, and the app has all of it. */
  closed(): void {
    if (this.#inference.ended) return;
    if (!this.#isError) this.#start.host.diagnostics.guard("adapter", "reading an answer", () => this.#reader.closed());
    this.#taken = this.#reader.spoken;
    this.#isTold = this.#reader.figures.hasEnded;
    this.#end({ by: "close" });
  }

  /** The app cancelled the body. */
  cancelled(): void {
    this.#end({ by: "caller", raw: "cancelled" });
  }

  /** The body broke. */
  failed(error: unknown): void {
    this.#brokeBy(error, isAbort(error, this.#start.signal));
  }

  /** Nobody holds the body any more. */
  dropped(): void {
    this.#end({ by: "caller", raw: "dropped" });
  }

  /** Calls `action` with the reason when the call is aborted before the answer has ended. It must not hold the body. */
  whenAborted(action: (reason: unknown) => void): void {
    this.#leave = action;
  }

  readonly #onAbort = ({ target }: Event): void => {
    const reason = valueAt(target, "reason");
    this.#brokeBy(reason, true);
    this.#leave?.(reason);
  };

  #brokeBy(error: unknown, isAborted: boolean): void {
    const isCaller = isAborted && brokenType(error) !== "timeout";
    this.#end(isCaller ? { by: "caller", raw: "aborted" } : { by: "error", error });
  }

  get #isError(): boolean {
    return isErrorStatus(this.#start.status);
  }

  #watchIdle(afterMs: number): void {
    this.#timer = setTimeout(() => this.#lookIdle(), afterMs).unref();
  }

  /** An app that waits for the server is not idle. */
  #lookIdle(): void {
    this.#timer = undefined;
    const idleMs = this.#isAwaited ? 0 : this.#start.host.clock.now() - this.#handedAt;
    if (idleMs >= this.#idleMs) this.#end({ by: "caller", raw: "idle" });
    else this.#watchIdle(Math.max(1, this.#idleMs - idleMs));
  }

  #end(ending: Ending): void {
    if (this.#inference.ended) return;
    this.#start.host.diagnostics.guard("adapter", "ending an answer", () => this.#finish(ending));
    if (!this.#inference.ended) this.#inference.end({ unified: "stop" });
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#start.signal?.removeEventListener("abort", this.#onAbort);
  }

  #finish(ending: Ending): void {
    const inference = this.#inference;
    const { failure, finish } = this.#reader.figures;
    const usage = this.#usage;
    if (!this.#isError) this.#report();
    if (this.#isError) inference.fail(undefined, errorTypeOf(this.#start.status, this.#reader.errorBody));
    else if (this.#isTold && failure !== undefined) inference.fail(undefined, failure, this.#countedBy(usage));
    else if (this.#isTold || (ending.by === "close" && !this.#isCut))
      inference.end(finish ?? { unified: "stop" }, usage);
    else if (ending.by === "caller") inference.abort(ending.raw, this.#countedBy(usage));
    else if (ending.by === "error") inference.fail(ending.error, brokenType(ending.error), this.#countedBy(usage));
    else inference.fail(undefined, "cut", this.#countedBy(usage));
  }

  /** A stream that closed and told no end. */
  get #isCut(): boolean {
    return this.#reader.streams && generates(this.#start.api.operation);
  }

  /** Ollama's Responses API writes 0 for cached tokens and for thoughts, which it does not count. */
  get #usage(): Usage {
    const { usage, provider = this.#start.expected } = this.#reader.figures;
    if (provider !== "ollama") return usage;
    const { cachedPromptTokens: _, reasoningTokens: __, ...counts } = usage;
    return counts;
  }

  /** Where no usage came: the events with output, if they are tokens. The server generated no fewer, and may have generated more. */
  #countedBy(usage: Usage): Usage {
    const { spoken, figures } = this.#reader;
    const counts = spoken > 0 && !figures.isLive && perToken.has(figures.provider);
    return counts ? { outputTokens: spoken, ...usage } : usage;
  }

  #report(): void {
    const inference = this.#inference;
    const { figures, spoken, streams } = this.#reader;
    const { provider, prefilled, speculated, toolCalls, dimensions } = figures;
    inference.served(provider === undefined ? figures.times : { provider, ...figures.times });
    if (prefilled !== undefined && !this.#start.hasPrompts) inference.prefilled(prefilled);
    if (speculated !== undefined && !figures.hasChoices) inference.speculativeTokens(speculated);
    if (toolCalls > 0) inference.toolsCalled(toolCalls);
    if (inference.capturesContent) inference.output(this.#reader.messages);
    if (dimensions !== undefined) inference.dimensions(dimensions);
    if (streams && perToken.has(provider)) inference.undeliveredTokens(spoken - this.#taken);
  }
}
