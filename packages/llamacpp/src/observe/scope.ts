import type { Aiwatch } from "@aiwatch/core";
import { modelNameOf } from "../model/model-name.ts";

/** Who is told, and under which name: what `instrumentModel` was given, handed down to all that is made from its object. */
export interface Scope {
  readonly aiwatch: Aiwatch;
  /** The model's name by option. */
  readonly model: string | undefined;
}

/** The name that `model` has in this scope. */
export function nameIn(scope: Scope, model: unknown): string {
  return scope.model ?? modelNameOf(model);
}
