import { isObject } from "@aiwatch/core/adapter";
import { llamaOf } from "../model/model-info.ts";
import type { Scope } from "./scope.ts";

/** Tells `/health` which release of llama.cpp serves the models, where the engine knows. */
export function reportEngine({ host }: Scope, model: unknown): void {
  host.diagnostics.guard("adapter", "reading the engine's release", () => {
    const llama = llamaOf(model);
    const named: unknown = llama === undefined ? undefined : Reflect.get(llama, "llamaCppRelease");
    const release: unknown = isObject(named) ? Reflect.get(named, "release") : undefined;
    if (typeof release === "string") host.reportVersion(host.engine.name, release);
  });
}
