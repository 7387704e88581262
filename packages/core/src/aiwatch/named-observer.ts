import type { Observer } from "./observer.ts";

export type ObservedEvent = "inferenceEnded" | "toolEnded" | "requestEnded" | "flush";

/** An observer, with the words that diagnostics use when it is notified: asked for its name later, it may throw. */
export interface NamedObserver {
  readonly observer: Observer;
  readonly what: Readonly<Record<ObservedEvent, string>>;
}

export function namedObserver(observer: Observer): NamedObserver {
  // asked for once; plain JavaScript may leave it out, or give anything
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
