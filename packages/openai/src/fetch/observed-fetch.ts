import { AsyncLocalStorage } from "node:async_hooks";
import { processWide, runObserved } from "@aiwatch/core/adapter";
import { type FetchArguments, modelCallOf } from "../request/model-call.ts";
import { ObservedCall } from "./observed-call.ts";
import type { Scope } from "./scope.ts";

/** Any `fetch`, of whichever signature. */
export type AnyFetch = (...args: never[]) => unknown;

/** What each fetch that observes calls, and for whom. */
const observed = processWide(
  "@aiwatch/openai/fetches",
  1,
  () => new WeakMap<object, { fetch: AnyFetch; scope: Scope }>(),
);

/** Whether the global fetch is observed. */
const preload = processWide("@aiwatch/openai/preload", 1, () => ({ isActive: false }));

/** Runs the calls of a fetch that the app had observed: the global one below it observes none of them again. */
const observedCalls = processWide("@aiwatch/openai/calls", 1, () => new AsyncLocalStorage<boolean>());

/** Whether the preload is there: once is enough, whatever the app put over it. */
export function isPreloaded(): boolean {
  return preload().isActive;
}

/** Whether a fetch observes already, by what the app asked for. The global one that the preload observes is none. */
export function isObserved(fetch: object): boolean {
  return observed().get(fetch)?.scope.isGlobal === false;
}

/** A fetch that passes every call on as it is, and observes those that make a model work. */
export function observedFetch<Fetch extends AnyFetch>(given: Fetch, scope: Scope): Fetch {
  // what the app says itself beats the preload
  const original = observed().get(given)?.fetch ?? given;
  const { fetch } = {
    // a method: like the global fetch, it is no constructor
    fetch(this: unknown, ...args: unknown[]): unknown {
      const given = args as unknown as FetchArguments;
      const observedCall = scope.host.disabled ? undefined : begin(given, scope);
      if (observedCall === undefined) return Reflect.apply(original, this, args);
      const call = () => Reflect.apply(original, this, observedCall.argumentsOf(given));
      const isOuter = preload().isActive && !scope.isGlobal;
      const inside = isOuter ? () => observedCalls().run(true, call) : call;
      return runObserved(observedCall, inside, scope.host.diagnostics);
    },
  };
  Object.defineProperties(fetch, Object.getOwnPropertyDescriptors(original));
  observed().set(fetch, { fetch: original, scope });
  if (scope.isGlobal) preload().isActive = true;
  return fetch as unknown as Fetch;
}

/** @returns undefined for a call that is none of a model server, or not to be observed */
function begin(args: FetchArguments, scope: Scope): ObservedCall | undefined {
  if (scope.isGlobal && observedCalls().getStore() === true) return undefined;
  return scope.host.diagnostics.guard("adapter", "beginning a call of fetch", () => {
    const call = modelCallOf(args);
    return call !== undefined && scope.observes(call.url) ? new ObservedCall(call, scope) : undefined;
  });
}
