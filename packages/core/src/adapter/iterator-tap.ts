import { type CollectionTie, CollectionWatch } from "../base/collection.ts";
import { type Diagnostics, defaultDiagnostics } from "../base/diagnostics.ts";
import { isObject } from "../base/received.ts";
import type { InferenceHandle } from "../inference/inference-handle.ts";
import { runOnce } from "../tracing/context.ts";
import { type Method, patchMethod, patchMethods } from "./patches.ts";
import type { Undo } from "./undo.ts";

/** What is called for each value. What it throws is reported to the diagnostics, and the app's iteration goes on. */
export interface ValueObserver {
  /** The next value is asked for. */
  asks?(): void;
  /** What the iterator yielded, before the consumer has it. */
  yields(value: unknown): void;
}

/** What happens once to an iterator. What it throws is reported to the diagnostics, and the app's iteration goes on. */
export interface IterationEvents {
  /** The first value is about to be asked for: until then nothing has happened. */
  begins?(): void;
  /** The inference whose span is active while the iterator works; read at each call, the first time after `begins`. */
  inference?(): InferenceHandle | undefined;
  /** It came to its end by itself. @param value what a generator returned */
  done?(value: unknown): void;
  /** It failed, and its consumer gets the same error. */
  failed?(error: unknown): void;
  /** The consumer is about to leave: it called `return`, as a `break` does, or `throw`. */
  leaves?(): void;
  /** The consumer left, and the iterator cleaned up. */
  left?(by: "return" | "throw"): void;
  /**
   * It was begun, did not end, and was garbage-collected: the consumer forgot it. That may be long after, or never. Nothing that the events
   * hold may hold the iterator.
   */
  dropped?(): void;
}

/** Events outlive their iterator here until it is collected, or ended. */
const droppable = new CollectionWatch<IteratorTap>((tap) => tap.dropped());

/** Calls the observer of one iterator. It must not hold the iterator. */
class IteratorTap {
  readonly #values: ValueObserver;
  readonly #events: IterationEvents;
  readonly #diagnostics: Diagnostics | undefined;
  #tie: CollectionTie | undefined;
  #isBegun = false;

  constructor(values: ValueObserver, events: IterationEvents, diagnostics: Diagnostics | undefined) {
    this.#values = values;
    this.#events = events;
    this.#diagnostics = diagnostics;
  }

  /** Listens to each promise of the iterator's. */
  readonly observed = (result: IteratorResult<unknown> | undefined): void => {
    try {
      if (result?.done === true) this.#ended(result.value);
      else this.#follow(this.#values.yields(result?.value));
    } catch (error) {
      this.#fault(error);
    }
  };

  readonly failed = (error: unknown): void => {
    this.#tie?.release();
    this.#guard(() => this.#events.failed?.(error));
  };

  asks(iterator: object): void {
    if (!this.#isBegun) this.#begin(iterator);
    if (this.#values.asks === undefined) return;
    try {
      this.#follow(this.#values.asks());
    } catch (error) {
      this.#fault(error);
    }
  }

  leaves(): void {
    this.#guard(() => this.#events.leaves?.());
  }

  left(by: "return" | "throw"): void {
    this.#tie?.release();
    this.#guard(() => this.#events.left?.(by));
  }

  dropped(): void {
    this.#guard(() => this.#events.dropped?.());
  }

  /** Whether the iterator works inside the span of an inference: only then is a function made for each of its calls. */
  get hasSpan(): boolean {
    return this.#events.inference !== undefined;
  }

  /** Runs a call of the iterator's own inside that span. */
  run(call: () => unknown): unknown {
    const inference = this.#guard(() => this.#events.inference?.());
    if (inference === undefined) return call();
    const report = (error: unknown) => this.#own.fault("tracer", "activating a span", error);
    return runOnce((inside) => inference.run(inside), call, report);
  }

  #begin(iterator: object): void {
    this.#isBegun = true;
    if (this.#events.dropped !== undefined) this.#tie = droppable.watch(iterator, this);
    this.#guard(() => this.#events.begins?.());
  }

  #ended(value: unknown): void {
    this.#tie?.release();
    this.#follow(this.#events.done?.(value));
  }

  get #own(): Diagnostics {
    return this.#diagnostics ?? defaultDiagnostics();
  }

  #guard<Result>(action: () => Result): Result | undefined {
    return this.#own.guard("adapter", "observing an iteration", action);
  }

  /** An observer that is an async function must not reject unheard. */
  #follow(given: unknown): void {
    if (given !== undefined) this.#guard(() => given);
  }

  #fault(error: unknown): void {
    this.#own.fault("adapter", "observing an iteration", error);
  }
}

/**
 * Observes an asynchronous iterator as it yields: the same object with a `next` of its own, which hands the iterator's own promises through.
 * Laziness, `next(value)`, disposal and the consumer's pauses stay as they are. An async generator around it would cost three times as much
 * for each value. `return` and `throw` are patched only where `events` has `leaves`, `left`, `dropped` or `inference`.
 * @param events an iterator that was begun and that nobody holds any more calls `dropped` alone
 * @param diagnostics where faults of `values` and `events` are reported. @default those of the default instance
 * @returns the same iterator
 * @example
 * return observeIterator(generate(prompt), { asks: () => inference.tokenAsked(), yields: () => inference.token() }, {
 *   inference: () => inference,
 *   done: () => inference.end({ unified: "stop" }),
 *   failed: (error) => inference.fail(error),
 *   left: () => inference.abort("break"),
 *   dropped: () => inference.abort("abandoned"),
 * }, host.diagnostics);
 */
export function observeIterator<Iterated extends object>(
  iterator: Iterated,
  values: ValueObserver,
  events: IterationEvents = {},
  diagnostics?: Diagnostics,
): Iterated {
  const next: unknown = Reflect.get(iterator, "next");
  if (typeof next !== "function") return iterator;
  const original = next as Method;
  const tap = new IteratorTap(values, events, diagnostics);
  const tapped: Method = function (value) {
    tap.asks(iterator);
    const promise = tap.hasSpan ? runNext(tap, original, this, value) : original.call(this, value);
    if (promise instanceof Promise) promise.then(tap.observed, tap.failed);
    return promise;
  };
  Object.defineProperty(iterator, "next", { value: tapped, configurable: true, writable: true, enumerable: false });
  if (events.leaves ?? events.left ?? events.dropped ?? events.inference) observeLeaving(iterator, tap);
  return iterator;
}

/** On its own: a function made in `next` would cost every value something, of those that have no span, too. */
function runNext(tap: IteratorTap, original: Method, iterator: unknown, value: unknown): unknown {
  return tap.run(() => original.call(iterator, value));
}

function observeLeaving(iterator: object, tap: IteratorTap): void {
  const wrap =
    (by: "return" | "throw") =>
    (original: Method): Method =>
      function (...args) {
        tap.leaves();
        const promise = tap.run(() => Reflect.apply(original, this, args));
        const left = () => tap.left(by);
        if (promise instanceof Promise) promise.then(left, left);
        else left();
        return promise;
      };
  patchMethods(iterator, { return: wrap("return"), throw: wrap("throw") });
}

/**
 * Observes each iteration over a stream, such as the answer of an HTTP client: the iterators that `for await` asks it for are observed.
 * @param observerOf gives the observer of one iteration; `undefined` leaves it unobserved
 * @param diagnostics where faults of `observerOf` and its observers are reported. @default those of the default instance
 * @returns takes the observation away; iterations under way are observed to their end
 * @throws TypeError where the stream cannot be patched, as on a frozen object
 * @example
 * observeIterable(stream, () => ({ yields: (chunk) => inference.token(tokensIn(chunk)), done: () => inference.end(reason) }));
 */
export function observeIterable(
  iterable: object,
  observerOf: () => (ValueObserver & IterationEvents) | undefined,
  diagnostics?: Diagnostics,
): Undo {
  return patchMethod(iterable, Symbol.asyncIterator, (original) => {
    return function (...args) {
      const iterator = Reflect.apply(original, this, args);
      if (!isObject(iterator)) return iterator;
      const own = diagnostics ?? defaultDiagnostics();
      const observer = own.guard("adapter", "observing a stream", observerOf);
      return observer === undefined ? iterator : observeIterator(iterator, observer, observer, diagnostics);
    };
  });
}
