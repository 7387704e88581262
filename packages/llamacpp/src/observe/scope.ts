import { type Aiwatch, defaultAiwatch } from "@aiwatch/core";
import { modelNameOf } from "../model/model-name.ts";

/** Who is told, and under which name: what `instrumentModel` was given, handed down to all that is made from its object. */
export interface Scope {
  readonly aiwatch: Aiwatch;
  /** The model's name by option. */
  readonly model: string | undefined;
}

/** The scope of an instance; without one that of the default instance, whichever it is by the time of a call. */
export function scopeOf(aiwatch: Aiwatch | undefined, model: string | undefined): Scope {
  if (aiwatch !== undefined) return { aiwatch, model };
  let last = defaultAiwatch();
  return {
    model,
    get aiwatch() {
      last = defaultAiwatch(last);
      return last;
    },
  };
}

/** The name that `model` has in this scope. */
export function nameIn(scope: Scope, model: unknown): string {
  return scope.model ?? modelNameOf(model);
}
