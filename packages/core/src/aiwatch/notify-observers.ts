import { types } from "node:util";
import type { Diagnostics } from "../base/diagnostics.ts";
import type { InferenceRecord, ToolRecord } from "../inference/record.ts";
import type { RequestRecord } from "../request/record.ts";
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

/** What each call of an observer is handed. */
export interface EventRecords {
  readonly inferenceEnded: InferenceRecord;
  readonly toolEnded: ToolRecord;
  readonly requestEnded: RequestRecord;
  readonly flush: undefined;
}

/**
 * Calls every observer. One that throws, or whose promise rejects, is reported, and the others are called all the same. No function is made for a
 * call: this is done for each request.
 */
export function notifyObservers<Event extends ObserverEvent>(
  observers: readonly NamedObserver[],
  event: Event,
  record: EventRecords[Event],
  diagnostics: Diagnostics,
): void {
  for (const { observer, what } of observers) {
    try {
      const result: unknown = (observer as Listener<Event>)[event]?.(record);
      if (types.isPromise(result)) reportRejection(result, what[event], diagnostics);
    } catch (error) {
      diagnostics.fault("observer", what[event], error);
    }
  }
}

/** An observer as each of its calls is made: `flush` takes nothing, and is handed `undefined`. */
type Listener<Event extends ObserverEvent> = { readonly [Key in Event]?: (record: EventRecords[Event]) => unknown };

function reportRejection(result: Promise<unknown>, what: string, diagnostics: Diagnostics): void {
  result.catch((error: unknown) => diagnostics.fault("observer", what, error));
}
