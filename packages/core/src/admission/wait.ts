import { observePromise, type SettlementObserver } from "../adapter/observed-call.ts";
import { type Method, patchMethod } from "../adapter/patches.ts";
import type { Diagnostics } from "../base/diagnostics.ts";
import { isObject } from "../base/received.ts";
import type { AdmissionOutcome } from "../catalogue/values.ts";
import type { EntryHandle, EntryOptions } from "./entry.ts";

export interface WaitOptions extends EntryOptions {
  /** Whether a rejection means that the queue did not take the entry, being full. Only `true` does. @default none does */
  readonly isRefusal?: ((error: unknown) => boolean) | undefined;
}

/** How a wait is followed to its end. */
export interface Following {
  readonly options: WaitOptions | undefined;
  /** How an entry has ended that has not when the promise is fulfilled. */
  readonly fulfilled: AdmissionOutcome;
  readonly diagnostics: Diagnostics;
}

/** Calls `action` once and follows what it gives to its end. The caller gets what it gave, or what it threw. */
export function followWait<Result>(action: () => Result, entry: EntryHandle, following: Following): Result {
  const observer = settlementOf(entry, following);
  let result: Result;
  try {
    result = action();
  } catch (error) {
    observer.failed(error);
    throw error;
  }
  const { diagnostics } = following;
  if (result instanceof Promise) return observePromise(result, observer, diagnostics);
  const isObserved = diagnostics.guard("adapter", "waiting for a turn", () => observeThenable(result, observer));
  if (isObserved === false) observer.completed(result);
  return result;
}

function settlementOf(entry: EntryHandle, { options, fulfilled, diagnostics }: Following): SettlementObserver {
  return {
    completed: () => entry.end(fulfilled),
    failed: (error) => {
      if (!entry.ended) entry.end(outcomeOf(error, options, diagnostics));
    },
  };
}

/** Of what was not ended by its signal, whose reason may look like a refusal. */
function outcomeOf(error: unknown, options: WaitOptions | undefined, diagnostics: Diagnostics): AdmissionOutcome {
  const judge = (): AdmissionOutcome => {
    // as it is, not compared: one that is async rejects where nobody would hear of it
    const ask = () => options?.isRefusal?.(error);
    const answer: unknown = diagnostics.guard("adapter", "asking isRefusal of a queue", ask);
    if (answer === true) return "refused";
    return isObject(error) && Reflect.get(error, "name") === "AbortError" ? "left" : "failed";
  };
  return diagnostics.guard("adapter", "finding how a wait ended", judge) ?? "failed";
}

type Listener = (value: unknown) => unknown;

/**
 * A thenable that is no promise of this realm may do its work only when somebody listens: it is observed when the app does.
 * @returns whether it is one
 */
function observeThenable(value: unknown, observer: SettlementObserver): boolean {
  if (!isObject(value) || typeof Reflect.get(value, "then") !== "function") return false;
  const wrap = (then: Method): Method =>
    function (onValue, onError, ...rest) {
      const listeners = [heard(onValue, observer.completed), heard(onError, observer.failed)];
      return Reflect.apply(then, this, [...listeners, ...rest]);
    };
  patchMethod(value, "then", wrap);
  return true;
}

function heard(listener: unknown, notify: (value: unknown) => void): unknown {
  if (typeof listener !== "function") return listener;
  return (value: unknown) => {
    notify(value);
    return (listener as Listener)(value);
  };
}
