import type { Observer } from "./observer.ts";

export type TellingEvent = "inferenceEnded" | "toolEnded" | "requestEnded" | "flush";

/** An observer, with the words that diagnostics use when it is notified: asked for its name later, it may throw. */
export interface ToldObserver {
  readonly observer: Observer;
  readonly what: Readonly<Record<TellingEvent, string>>;
}

export function toldObserver(observer: Observer): ToldObserver {
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
