import { patchMethods } from "@aiwatch/core/adapter";
import { contextActivityOf } from "../watch/context-activity.ts";
import { readContext } from "../watch/read-context.ts";
import { readModel } from "../watch/read-model.ts";
import { watchIn } from "../watch/watch-in.ts";
import { holdClasses } from "./observe-classes.ts";
import type { ObservedObject } from "./observed-object.ts";
import { nameIn } from "./scope.ts";

/** A `LlamaContext`: its sequences are observed from the moment they are given out. */
export function observeContext(context: object, object: ObservedObject): void {
  const { scope } = object;
  const model: unknown = Reflect.get(context, "model");
  const name = nameIn(scope, model);
  object.onUndo(
    patchMethods(context, {
      getSequence: (original) =>
        function (...args) {
          const sequence = Reflect.apply(original, this, args);
          object.adopt(sequence);
          return sequence;
        },
    }),
  );
  object.onUndo(holdClasses(model));
  object.onUnwatch(watchIn(scope, name, model, readModel));
  object.onUnwatch(watchIn(scope, name, context, readContext));
  object.onUnwatch(contextActivityOf(context).listen(scope.host, name));
}
