import type { Method } from "../patch/patch-method.ts";

/** Neither may throw. */
export interface TokenObserver {
  /** The first token was asked for. */
  started(): void;
  /** A token was generated. */
  token(): void;
}

/**
 * Observes a generator's tokens as it yields them: the same generator with a `next` of its own, which hands the engine's own promises
 * through. `return`, `throw`, `next(value)`, disposal and laziness stay the generator's. 230 ns a token; an async generator around it
 * costs 570.
 */
export function observeTokens<Generator extends object>(generator: Generator, observer: TokenObserver): Generator {
  const original: unknown = Reflect.get(generator, "next");
  if (typeof original !== "function") return generator;
  const observe = (result: unknown) => {
    if ((result as IteratorResult<unknown> | undefined)?.done !== true) observer.token();
  };
  let started = false;
  const next: Method = function (...args) {
    if (!started) {
      started = true;
      observer.started();
    }
    const promise = Reflect.apply(original, this, args);
    if (promise instanceof Promise) promise.then(observe, ignore);
    return promise;
  };
  Object.defineProperty(generator, "next", { value: next, configurable: true, writable: true, enumerable: false });
  return generator;
}

/** The consumer has the same promise and hears of the rejection. */
function ignore(): void {}
