import type { Observer } from "./observer.ts";

export type TellingEvent = "inferenceEnded" | "toolEnded" | "requestEnded";

/** An observer, with the words that diagnostics use when it is notified: asked for its name later, it may throw. */
export interface ToldObserver {
  readonly observer: Observer;
  readonly what: Readonly<Record<TellingEvent, string>>;
}

export function toldObserver(observer: Observer): ToldObserver {
  const of = `of observer ${JSON.stringify(observer.name)}`;
  const what = {
    inferenceEnded: `inferenceEnded ${of}`,
    toolEnded: `toolEnded ${of}`,
    requestEnded: `requestEnded ${of}`,
  };
  return { observer, what };
}
