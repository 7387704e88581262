import type { Method } from "../patch/patch-method.ts";

/** Nothing of it may throw. */
export interface TokenObserver {
  /** The next token is asked for. */
  asks(): void;
  /** What the generator yielded. */
  token(value: unknown): void;
}

/** What happens once to a generator. Nothing of it may throw. */
export interface GeneratorEvents {
  /** The first token is about to be asked for. */
  begins(): void;
  /** It came to its end by itself. */
  done?(): void;
  failed?(error: unknown): void;
}

/**
 * Observes a generator's tokens as it yields them: the same generator with a `next` of its own, which hands the engine's own promises
 * through. `return`, `throw`, `next(value)`, disposal and laziness stay the generator's. An async generator around it would cost three times
 * as much for each token.
 */
export function observeTokens<Generator extends object>(
  generator: Generator,
  observer: TokenObserver,
  events: GeneratorEvents,
): Generator {
  const original: unknown = Reflect.get(generator, "next");
  if (typeof original !== "function") return generator;
  const observe = (result: IteratorResult<unknown> | undefined) => {
    if (result?.done === true) events.done?.();
    else observer.token(result?.value);
  };
  const fail = (error: unknown) => events.failed?.(error);
  let begun = false;
  const next: Method = function (value) {
    if (!begun) {
      begun = true;
      events.begins();
    }
    observer.asks();
    const promise = original.call(this, value);
    if (promise instanceof Promise) promise.then(observe, fail);
    return promise;
  };
  Object.defineProperty(generator, "next", { value: next, configurable: true, writable: true, enumerable: false });
  return generator;
}
