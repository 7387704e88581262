import type { Diagnostics } from "../base/diagnostics.ts";
import type { Observer } from "./observer.ts";

export type ObserverEvent = "inferenceEnded" | "toolEnded" | "requestEnded" | "flush";

/** An observer with the words that a diagnostic uses for it: its name is read once, since a getter may throw later. */
export interface NamedObserver {
  readonly observer: Observer;
  readonly what: Readonly<Record<ObserverEvent, string>>;
}

/** @throws what the getter of the observer's name throws */
export function namedObserver(observer: Observer): NamedObserver {
  // plain JavaScript may leave it out, or give anything
  const name: unknown = observer.name;
  const of = `of observer ${typeof name === "string" ? JSON.stringify(name) : typeof name}`;
  const what = {
    inferenceEnded: `inferenceEnded ${of}`,
    toolEnded: `toolEnded ${of}`,
    requestEnded: `requestEnded ${of}`,
    flush: `flush ${of}`,
  };
  return { observer, what };
}

/** Calls every observer. One that throws is reported, and the others are called all the same. */
export function notifyObservers(
  observers: readonly NamedObserver[],
  event: ObserverEvent,
  diagnostics: Diagnostics,
  call: (observer: Observer) => void,
): void {
  for (const { observer, what } of observers) diagnostics.guard("observer", what[event], () => call(observer));
}
