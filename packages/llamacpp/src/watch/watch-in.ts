import type { ModelReadings } from "@aiwatch/core";
import { isObject, type Undo } from "@aiwatch/core/adapter";
import type { Scope } from "../observe/scope.ts";
import { watchObject } from "./watch-object.ts";

/** `watchObject` for what may not be there: without its readings an object can still be observed. */
export function watchIn(
  { host }: Scope,
  name: string,
  watched: unknown,
  read: (watched: object) => ModelReadings,
): Undo {
  const watch = () => (isObject(watched) ? watchObject(host, name, watched, read) : undefined);
  return host.diagnostics.guard("adapter", "watching a model", watch) ?? (() => {});
}
