import { type Aiwatch, defaultAiwatch } from "@aiwatch/core";
import { type AdapterHost, adapterOf } from "@aiwatch/core/adapter";
import { llamaCpp } from "../engine/engine.ts";
import { modelNameOf } from "../model/model-name.ts";

/** Where an observed object reports to, and under which name: it is handed down to all that is made from the object. */
export interface Scope {
  readonly host: AdapterHost;
  /** The model's name by option. */
  readonly model: string | undefined;
}

/** The scope of an instance; without one that of the default instance, whichever it is by the time of a call. */
export function scopeOf(aiwatch: Aiwatch | undefined, model: string | undefined): Scope {
  if (aiwatch !== undefined) return { host: adapterOf(aiwatch, llamaCpp), model };
  let last = defaultAiwatch();
  return {
    model,
    get host() {
      last = defaultAiwatch(last);
      return adapterOf(last, llamaCpp);
    },
  };
}

/** The name that `model` has in this scope. */
export function nameIn(scope: Scope, model: unknown): string {
  return scope.model ?? modelNameOf(model);
}
