import { invalidSetting } from "./config/settings.ts";
import type { Observer } from "./observer.ts";

export type TellingEvent = "inferenceEnded" | "toolEnded" | "requestEnded";

/** An observer, with the words that diagnostics use when it is notified: asked for its name later, it may throw. */
export interface ToldObserver {
  readonly observer: Observer;
  readonly what: Readonly<Record<TellingEvent, string>>;
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for a name that is no text. Plain JavaScript may leave it out. */
export function toldObserver(observer: Observer): ToldObserver {
  const name: unknown = observer.name;
  if (name !== undefined && typeof name !== "string") {
    throw invalidSetting("the name of an observer", typeof name, "a text");
  }
  const of = `of observer ${JSON.stringify(name)}`;
  const what = {
    inferenceEnded: `inferenceEnded ${of}`,
    toolEnded: `toolEnded ${of}`,
    requestEnded: `requestEnded ${of}`,
  };
  return { observer, what };
}
