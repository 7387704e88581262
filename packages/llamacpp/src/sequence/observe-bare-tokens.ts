import type { Operation } from "../operation/operation.ts";
import { patchMethod } from "../patch/patch-method.ts";
import { isObject } from "../received.ts";
import { observeTokens, type TokenObserver } from "./observe-tokens.ts";

export interface BareEvaluation {
  readonly sequence: object;
  /** The tokens to begin with. */
  readonly tokens: unknown;
  /** The options that the caller passed. */
  readonly options: unknown;
  /** Starts the operation, when the first token is asked for. */
  readonly start: () => Operation | undefined;
}

/** A generator that was begun and that nobody holds any more was broken off without a word. */
const abandoned = new FinalizationRegistry<Operation>((operation) => operation.brokenOff("abandoned"));

/**
 * Observes a generator that is an inference of its own: it begins with the first token that is asked for, and ends when the model does, when
 * the consumer leaves, or when an evaluation fails.
 */
export function observeBareTokens<Generator extends object>(generator: Generator, bare: BareEvaluation): Generator {
  let operation: Operation | undefined;
  let last: unknown;
  /** How many of its calls the engine has not settled yet. */
  let pending = 0;
  const asked = () => {
    pending += 1;
    operation?.resumes();
  };
  const answered = () => {
    pending -= 1;
    if (pending === 0) operation?.suspends();
  };
  const finish = (end: (ending: Operation) => void) => {
    const ending = operation;
    operation = undefined;
    if (ending === undefined) return;
    abandoned.unregister(ending);
    end(ending);
  };
  const left = (raw: string) =>
    finish((ending) => {
      if (isEnd(bare.sequence, last)) ending.completed({ stopReason: "eogToken" });
      else ending.brokenOff(raw);
    });
  const observer: TokenObserver = {
    asks() {
      operation?.asks();
      asked();
    },
    token(value) {
      last = value;
      operation?.token(value);
      answered();
    },
  };
  observeTokens(generator, observer, {
    begins() {
      operation = bare.start();
      if (operation !== undefined) abandoned.register(generator, operation, operation);
    },
    done: () => finish((ending) => modelEnded(ending, bare)),
    failed: (error) => finish((ending) => ending.failed(error)),
  });
  for (const name of ["return", "throw"]) {
    patchMethod(generator, name, (original) => {
      return function (...args) {
        asked();
        const promise = Reflect.apply(original, this, args);
        if (promise instanceof Promise)
          promise.then(
            () => left(name),
            () => left(name),
          );
        else left(name);
        return promise;
      };
    });
  }
  return generator;
}

/** The engine keeps the end token to itself unless it is asked for it: it was generated all the same. */
function modelEnded(operation: Operation, { tokens, options }: BareEvaluation): void {
  const embeds = isObject(options) && Reflect.get(options, "_noSampling") === true;
  const generates = !embeds && Array.isArray(tokens) && tokens.length > 0;
  if (generates) operation.token(undefined);
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
