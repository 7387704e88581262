import { type Method, patchMethods } from "@aiwatch/core/adapter";
import { readModel } from "../watch/read-model.ts";
import { watchIn } from "../watch/watch-in.ts";
import { holdClasses } from "./observe-classes.ts";
import type { ObservedObject } from "./observed-object.ts";
import { reportEngine } from "./report-engine.ts";
import { nameIn } from "./scope.ts";

/** A `LlamaModel`: its contexts are observed, and the sessions, chats and completions that are made of their sequences. */
export function observeModel(model: object, object: ObservedObject): void {
  const adopting = (original: Method): Method => adoptResult(object, original);
  object.onUndo(
    patchMethods(model, {
      createContext: adopting,
      createEmbeddingContext: adopting,
      createRankingContext: adopting,
      createDecisionContext: adopting,
    }),
  );
  reportEngine(object.scope, model);
  object.onUndo(holdClasses(model));
  object.onUnwatch(watchIn(object.scope, nameIn(object.scope, model), model, readModel));
}

function adoptResult(object: ObservedObject, original: Method): Method {
  return function (...args) {
    const creating = Reflect.apply(original, this, args);
    if (!(creating instanceof Promise)) return creating;
    return creating.then((made: unknown) => {
      object.adopt(made);
      return made;
    });
  };
}
