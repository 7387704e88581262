import { isObject } from "../base/received.ts";
import { type Method, patchMethod, patchMethods } from "./patches.ts";
import type { Undo } from "./undo.ts";

/** What is called for each value. Nothing of it may throw. */
export interface ValueObserver {
  /** The next value is asked for. */
  asks?(): void;
  /** What the iterator yielded, before the consumer has it. */
  yields(value: unknown): void;
}

/** What happens once to an iterator. Nothing of it may throw. */
export interface IterationEvents {
  /** The first value is about to be asked for: until then nothing has happened. */
  begins?(): void;
  /** It came to its end by itself. */
  done?(): void;
  /** It failed, and its consumer gets the same error. */
  failed?(error: unknown): void;
  /** The consumer is about to leave: it called `return`, as a `break` does, or `throw`. */
  leaves?(): void;
  /** The consumer left, and the iterator cleaned up. */
  left?(by: "return" | "throw"): void;
}

/**
 * Observes an asynchronous iterator as it yields: the same object with a `next` of its own, which hands the iterator's own promises through.
 * Laziness, `next(value)`, disposal and the consumer's pauses stay as they are. An async generator around it would cost three times as much
 * for each value. `return` and `throw` are patched only where `events` has `leaves` or `left`.
 *
 * An iterator that was begun and that nobody holds any more was broken off without a word, and no event says so: where its end matters,
 * register the iterator with a `FinalizationRegistry`.
 * @returns the same iterator
 * @example
 * return observeIterator(generate(prompt), { asks: () => inference.tokenAsked(), yields: () => inference.token() }, {
 *   done: () => inference.end({ unified: "stop" }),
 *   failed: (error) => inference.fail(error),
 *   left: () => inference.abort(),
 * });
 */
export function observeIterator<Iterated extends object>(
  iterator: Iterated,
  observer: ValueObserver,
  events: IterationEvents = {},
): Iterated {
  const original: unknown = Reflect.get(iterator, "next");
  if (typeof original !== "function") return iterator;
  const observe = (result: IteratorResult<unknown> | undefined) => {
    if (result?.done === true) events.done?.();
    else observer.yields(result?.value);
  };
  const fail = (error: unknown) => events.failed?.(error);
  let begun = false;
  const next: Method = function (value) {
    if (!begun) {
      begun = true;
      events.begins?.();
    }
    observer.asks?.();
    const promise = original.call(this, value);
    if (promise instanceof Promise) promise.then(observe, fail);
    return promise;
  };
  Object.defineProperty(iterator, "next", { value: next, configurable: true, writable: true, enumerable: false });
  if (events.leaves !== undefined || events.left !== undefined) observeLeaving(iterator, events);
  return iterator;
}

function observeLeaving(iterator: object, events: IterationEvents): void {
  const wrap =
    (by: "return" | "throw") =>
    (original: Method): Method =>
      function (...args) {
        events.leaves?.();
        const promise = Reflect.apply(original, this, args);
        const left = () => events.left?.(by);
        if (promise instanceof Promise) promise.then(left, left);
        else left();
        return promise;
      };
  patchMethods(iterator, { return: wrap("return"), throw: wrap("throw") });
}

/**
 * Observes each iteration over a stream, such as the answer of an HTTP client: the iterators that `for await` asks it for are observed.
 * @param observerOf gives the observer of one iteration; `undefined` leaves it unobserved
 * @returns takes the observation away; iterations under way are observed to their end
 * @throws TypeError where the stream cannot be patched, as on a frozen object
 * @example
 * observeIterable(stream, () => ({ yields: (chunk) => inference.token(tokensIn(chunk)), done: () => inference.end(reason) }));
 */
export function observeIterable(
  iterable: object,
  observerOf: () => (ValueObserver & IterationEvents) | undefined,
): Undo {
  return patchMethod(iterable, Symbol.asyncIterator, (original) => {
    return function (...args) {
      const iterator = Reflect.apply(original, this, args);
      const observer = isObject(iterator) ? observerOf() : undefined;
      return isObject(iterator) && observer !== undefined ? observeIterator(iterator, observer, observer) : iterator;
    };
  });
}
