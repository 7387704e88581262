import { types } from "node:util";
import { type Diagnostics, defaultDiagnostics } from "../base/diagnostics.ts";
import type { InferenceHandle } from "../inference/inference-handle.ts";
import { runOnce } from "../tracing/context.ts";

/**
 * A call that makes a model work, and how it ends. What `completed` or `failed` throws is reported to the diagnostics, and the inference is ended
 * in its place where it is still open: as a `stop` without figures, or with the call's error.
 */
export interface ObservedCall extends SettlementObserver {
  readonly inference: InferenceHandle;
}

/**
 * Runs `call` exactly once, inside the span of its inference, and follows what it gives to its end. The caller gets what `call` gave: the same
 * value, the same error; of a promise what `observePromise` gives. A fault of the app's tracing is reported and costs nothing.
 * @param diagnostics where faults are reported
 * @example
 * return runObserved({ inference, completed: () => inference.end({ unified: "stop" }), failed: (error) => inference.fail(error) },
 *   () => Reflect.apply(original, this, args), host.diagnostics);
 */
export function runObserved(observed: ObservedCall, call: () => unknown, diagnostics: Diagnostics): unknown {
  const report = (error: unknown) => diagnostics.fault("tracer", "activating a span", error);
  const observer = new CallEnd(observed, diagnostics);
  let result: unknown;
  try {
    result = runOnce((inside) => observed.inference.run(inside), call, report);
  } catch (error) {
    observer.failed(error);
    throw error;
  }
  // of another realm, too, as where an app's tests run
  if (types.isPromise(result)) return observePromise(result, observer, diagnostics);
  observer.completed(result);
  return result;
}

/** Ends the inference of a call whose adapter failed to. Each call of the adapter is caught where it stands: a guard would make a closure for it. */
class CallEnd implements SettlementObserver {
  readonly #observed: ObservedCall;
  readonly #diagnostics: Diagnostics;

  constructor(observed: ObservedCall, diagnostics: Diagnostics) {
    this.#observed = observed;
    this.#diagnostics = diagnostics;
  }

  completed(value: unknown): void {
    try {
      follow(this.#observed.completed(value), endingCall, this.#diagnostics);
    } catch (error) {
      this.#lost(error, () => this.#observed.inference.end({ unified: "stop" }));
    }
  }

  failed(reason: unknown): void {
    try {
      follow(this.#observed.failed(reason), endingCall, this.#diagnostics);
    } catch (error) {
      this.#lost(error, () => this.#observed.inference.fail(reason));
    }
  }

  /** Only an adapter that throws has lost the end. */
  #lost(error: unknown, end: () => void): void {
    this.#diagnostics.guard("adapter", endingCall, () => {
      if (!this.#observed.inference.ended) end();
      throw error;
    });
  }
}

const endingCall = "ending an observed call";

/** How a promise settled. Each is called at most once, and one of them alone. What it throws is reported to the diagnostics. */
export interface SettlementObserver {
  completed(value: unknown): void;
  failed(error: unknown): void;
}

/** How a listener of the app's may be given to a promise. */
type Listener = ((value: unknown) => unknown) | null | undefined;

/**
 * Observes how a promise settles; `observer` hears of it before the app does. The app gets the same value or the same error, and a rejection
 * that it does not handle stays unhandled: Node reports it as before.
 *
 * A plain promise is followed by a `then` that hands value and reason through, and what that gives is returned: had we listened to the
 * promise itself, its rejection would count as handled. A promise with a `then` of its own, such as the `APIPromise` of OpenAI's client, may
 * do its work only when somebody listens, and its class has methods that must survive: the same object is returned, and it is observed
 * when the app listens to it by `then`, `catch`, `finally` or `await`.
 * @param diagnostics where faults of `observer` are reported. @default those of the default instance
 * @returns what to give the app in place of `promise`
 * @example
 * return observePromise(call(), {
 *   completed: (answer) => inference.end({ unified: "stop" }, usageOf(answer)),
 *   failed: (error) => inference.fail(error),
 * });
 */
export function observePromise<Observed extends Promise<unknown>>(
  promise: Observed,
  observer: SettlementObserver,
  diagnostics?: Diagnostics,
): Observed;
export function observePromise(
  promise: Promise<unknown>,
  observer: SettlementObserver,
  diagnostics?: Diagnostics,
): Promise<unknown> {
  if (promise.then !== Promise.prototype.then) return observeListeners(promise, observer, diagnostics);
  return promise.then(
    (value) => {
      notify(observer, "completed", value, diagnostics);
      return value;
    },
    (error: unknown) => {
      notify(observer, "failed", error, diagnostics);
      throw error;
    },
  );
}

const observing = "observing a promise";

/** Tells the observer, whose fault is reported. Caught where it stands, as above. */
function notify(
  observer: SettlementObserver,
  how: keyof SettlementObserver,
  settled: unknown,
  diagnostics: Diagnostics | undefined,
): void {
  try {
    follow(observer[how](settled), observing, diagnostics);
  } catch (error) {
    (diagnostics ?? defaultDiagnostics()).fault("adapter", observing, error);
  }
}

/** An observer may put something off, and reject later: what it gave is watched for that. */
function follow(given: unknown, what: string, diagnostics: Diagnostics | undefined): void {
  if (given !== undefined) (diagnostics ?? defaultDiagnostics()).guard("adapter", what, () => given);
}

/** Gives a promise listeners' methods of its own that all go through its class's `then`. */
function observeListeners(
  promise: Promise<unknown>,
  observer: SettlementObserver,
  diagnostics: Diagnostics | undefined,
): Promise<unknown> {
  const { then } = promise;
  let isSettled = false;
  const settle = (how: keyof SettlementObserver, settled: unknown) => {
    if (isSettled) return;
    isSettled = true;
    notify(observer, how, settled, diagnostics);
  };
  const listen = (onValue?: Listener, onError?: Listener): Promise<unknown> =>
    Reflect.apply(then, promise, [
      (value: unknown) => {
        settle("completed", value);
        return typeof onValue === "function" ? onValue(value) : value;
      },
      (error: unknown) => {
        settle("failed", error);
        if (typeof onError === "function") return onError(error);
        throw error;
      },
    ]);
  hide(promise, "then", listen);
  hide(promise, "catch", (onError?: Listener) => listen(undefined, onError));
  hide(promise, "finally", finallyBy(listen));
  return promise;
}

/** As `Promise.prototype.finally` does it, but for the new promise of the class, whose constructor may take anything. */
function finallyBy(listen: (onValue?: Listener, onError?: Listener) => Promise<unknown>) {
  return (action?: (() => unknown) | null): Promise<unknown> => {
    if (typeof action !== "function") return listen();
    return listen(
      async (value) => {
        await action();
        return value;
      },
      async (error) => {
        await action();
        throw error;
      },
    );
  };
}

function hide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}
