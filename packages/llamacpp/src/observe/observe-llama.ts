import { isObject, patchMethods } from "@aiwatch/core/adapter";
import { loadTimes } from "../watch/read-model.ts";
import type { ObservedObject } from "./observed-object.ts";

/** A `Llama`: the models that it loads are observed, and how long that takes. */
export function observeLlama(llama: object, object: ObservedObject): void {
  const { clock, diagnostics } = object.scope.host;
  const now = () => diagnostics.guard("adapter", "timing a model's load", () => clock.now());
  object.onUndo(
    patchMethods(llama, {
      loadModel: (original) =>
        function (...args) {
          const startedAt = now();
          const loading = Reflect.apply(original, this, args);
          if (!(loading instanceof Promise)) return loading;
          return loading.then((model: unknown) => {
            const endedAt = now();
            // a clock that went back, or told nothing, says nothing of the time between
            if (isObject(model) && startedAt !== undefined && endedAt !== undefined && endedAt >= startedAt) {
              loadTimes().set(model, endedAt - startedAt);
            }
            object.adopt(model);
            return model;
          });
        },
    }),
  );
}
