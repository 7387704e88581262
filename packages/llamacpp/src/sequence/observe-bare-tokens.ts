import type { Diagnostics } from "@aiwatch/core";
import { type IterationEvents, isObject, observeIterator, type ValueObserver } from "@aiwatch/core/adapter";
import type { Operation } from "../operation/operation.ts";

/** A generator that is an inference of its own, as it was asked for. */
export interface BareEvaluation {
  readonly sequence: object;
  /** The tokens to begin with. */
  readonly tokens: unknown;
  /** The options that the caller passed. */
  readonly options: unknown;
  /** Starts the operation, when the first token is asked for. */
  readonly start: () => Operation | undefined;
}

/**
 * Observes a generator that is an inference of its own: it begins with the first token that is asked for, and ends when the model does, when
 * the consumer leaves or forgets it, or when an evaluation fails.
 */
export function observeBareTokens<Generated extends object>(
  generator: Generated,
  bare: BareEvaluation,
  diagnostics?: Diagnostics,
): Generated {
  const tokens = new BareTokens(bare);
  return observeIterator(generator, tokens, tokens, diagnostics);
}

class BareTokens implements ValueObserver, IterationEvents {
  readonly #bare: BareEvaluation;
  #operation: Operation | undefined;
  #last: unknown;
  /** How many of its calls the engine has not settled yet. */
  #pending = 0;

  constructor(bare: BareEvaluation) {
    this.#bare = bare;
  }

  begins(): void {
    this.#operation = this.#bare.start();
  }

  asks(): void {
    this.#operation?.asks();
    this.leaves();
  }

  yields(value: unknown): void {
    this.#last = value;
    this.#operation?.yields(value);
    this.#pending -= 1;
    if (this.#pending === 0) this.#operation?.suspends();
  }

  done(): void {
    this.#finish((operation) => modelEnded(operation, this.#bare));
  }

  failed(error: unknown): void {
    this.#finish((operation) => operation.failed(error));
  }

  /** The engine has one more call in hand. */
  leaves(): void {
    this.#pending += 1;
    this.#operation?.resumes();
  }

  left(by: string): void {
    this.#finish((operation) => {
      if (isEnd(this.#bare.sequence, this.#last)) operation.completed({ stopReason: "eogToken" });
      else operation.brokenOff(by);
    });
  }

  dropped(): void {
    this.#finish((operation) => operation.brokenOff("abandoned"));
  }

  #finish(end: (operation: Operation) => void): void {
    const operation = this.#operation;
    this.#operation = undefined;
    if (operation !== undefined) end(operation);
  }
}

/** The engine keeps the end token to itself unless it is asked for it: it was generated all the same. */
function modelEnded(operation: Operation, { tokens, options }: BareEvaluation): void {
  const embeds = isObject(options) && Reflect.get(options, "_noSampling") === true;
  const generates = !embeds && Array.isArray(tokens) && tokens.length > 0;
  if (generates) operation.yields(undefined);
  operation.completed(generates ? { stopReason: "eogToken" } : undefined);
}

/** Whether what was yielded last ends a generation. */
function isEnd(sequence: object, yielded: unknown): boolean {
  const token: unknown = isObject(yielded) ? Reflect.get(yielded, "token") : undefined;
  const model: unknown = Reflect.get(sequence, "model");
  if (token === undefined || !isObject(model)) return false;
  const isEogToken: unknown = Reflect.get(model, "isEogToken");
  return typeof isEogToken === "function" && Reflect.apply(isEogToken, model, [token]) === true;
}
