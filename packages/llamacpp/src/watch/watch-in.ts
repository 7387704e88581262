import type { ModelReadings } from "@aiwatch/core";
import type { Scope } from "../observe/scope.ts";
import type { Undo } from "../patch/undo.ts";
import { isObject } from "../received.ts";
import { watchObject } from "./watch-object.ts";

/** `watchObject` for what may not be there: without its readings an object can still be observed. */
export function watchIn(
  { aiwatch }: Scope,
  name: string,
  watched: unknown,
  read: (watched: object) => ModelReadings,
): Undo {
  const watch = () => (isObject(watched) ? watchObject(aiwatch, name, watched, read) : undefined);
  return aiwatch.diagnostics.guard("adapter", "watching a model", watch) ?? (() => {});
}
