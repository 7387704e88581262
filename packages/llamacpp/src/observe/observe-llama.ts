import { patchMethods } from "../patch/patch-method.ts";
import { isObject } from "../received.ts";
import { sharedState } from "../state.ts";
import type { ObservedObject } from "./observed-object.ts";

/** A `Llama`: the models that it loads are observed, and how long that takes. */
export function observeLlama(llama: object, object: ObservedObject): void {
  const { clock } = object.scope.aiwatch;
  object.onUndo(
    patchMethods(llama, {
      loadModel: (original) =>
        function (...args) {
          const startedAt = clock.now();
          const loading = Reflect.apply(original, this, args);
          if (!(loading instanceof Promise)) return loading;
          return loading.then((model: unknown) => {
            if (isObject(model)) sharedState().loadTimes.set(model, clock.now() - startedAt);
            object.adopt(model);
            return model;
          });
        },
    }),
  );
}
