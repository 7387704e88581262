import type { Method } from "../patch/patch-method.ts";

/** Neither may throw. */
export interface TokenObserver {
  /** The next token is asked for. @param isFirst nothing was asked for before */
  asks(isFirst: boolean): void;
  /** What the generator yielded. */
  token(value: unknown): void;
  /** It came to its end by itself. */
  done?(): void;
  failed?(error: unknown): void;
}

/**
 * Observes a generator's tokens as it yields them: the same generator with a `next` of its own, which hands the engine's own promises
 * through. `return`, `throw`, `next(value)`, disposal and laziness stay the generator's. 230 ns a token; an async generator around it
 * costs 570.
 */
export function observeTokens<Generator extends object>(generator: Generator, observer: TokenObserver): Generator {
  const original: unknown = Reflect.get(generator, "next");
  if (typeof original !== "function") return generator;
  const observe = (result: IteratorResult<unknown> | undefined) => {
    if (result?.done === true) observer.done?.();
    else observer.token(result?.value);
  };
  const fail = (error: unknown) => observer.failed?.(error);
  let started = false;
  const next: Method = function (...args) {
    observer.asks(!started);
    started = true;
    const promise = original.apply(this, args);
    if (promise instanceof Promise) promise.then(observe, fail);
    return promise;
  };
  Object.defineProperty(generator, "next", { value: next, configurable: true, writable: true, enumerable: false });
  return generator;
}
