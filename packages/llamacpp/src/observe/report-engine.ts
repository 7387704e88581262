import { llamaOf } from "../model/model-info.ts";
import { isObject } from "../received.ts";
import type { Scope } from "./scope.ts";

/** Tells `/health` which release of llama.cpp serves the models, where the engine knows. */
export function reportEngine({ aiwatch }: Scope, model: unknown): void {
  aiwatch.diagnostics.guard("adapter", "reading the engine's release", () => {
    const llama = llamaOf(model);
    const named: unknown = llama === undefined ? undefined : Reflect.get(llama, "llamaCppRelease");
    const release: unknown = isObject(named) ? Reflect.get(named, "release") : undefined;
    if (typeof release === "string") aiwatch.health.reportVersion("llama.cpp", release);
  });
}
