import { isObject, type Method, observePromise, patchMethods } from "@aiwatch/core/adapter";
import { contextActivityOf } from "../readings/context-activity.ts";
import { loadTimes, readContext } from "../readings/readings.ts";
import { reportEngine, watchIn, watchLlama, watchModel, watchSequence } from "../readings/watch.ts";
import { drafts } from "../sequence/tap-evaluations.ts";
import { holdTap } from "../sequence/tap-sequence.ts";
import { holdClasses } from "./callers.ts";
import { nameIn, type ObservedObject } from "./observed-object.ts";

/** A `Llama`: the models that it loads are observed, and how long that takes. */
export function observeLlama(llama: object, object: ObservedObject): void {
  const { clock, diagnostics } = object.scope.host;
  object.onUndo(
    patchMethods(llama, {
      loadModel: (original) =>
        function (...args) {
          const startedAt = clock.now();
          const loading = Reflect.apply(original, this, args);
          if (!(loading instanceof Promise)) return loading;
          const completed = (model: unknown) => {
            const loadMs = clock.now() - startedAt;
            // a clock that went back, or failed, says nothing of the time between
            if (isObject(model) && loadMs >= 0) loadTimes().set(model, loadMs);
            object.adopt(model);
          };
          return observePromise(loading, { completed, failed() {} }, diagnostics);
        },
    }),
  );
  object.onUnwatch(watchLlama(object.scope, llama));
}

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
  object.onUnwatch(watchModel(object.scope, model));
}

function adoptResult(object: ObservedObject, original: Method): Method {
  return function (...args) {
    const creating = Reflect.apply(original, this, args);
    if (!(creating instanceof Promise)) return creating;
    return observePromise(creating, { completed: object.adopt, failed() {} }, object.scope.host.diagnostics);
  };
}

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
  object.onUnwatch(watchModel(scope, model));
  object.onUnwatch(watchIn(scope, name, context, readContext));
  object.onUnwatch(contextActivityOf(context).listen(scope.host, name));
}

/** A `LlamaContextSequence`: what is evaluated on it outside of any call is an inference of its own. */
export function observeSequence(sequence: object, object: ObservedObject): void {
  const { tap, release } = holdTap(sequence);
  object.onUndo(release);
  tap.scope = object.scope;
  object.onUndo(() => {
    if (tap.scope === object.scope) tap.scope = undefined;
  });
  markDraft(sequence);
  object.onUndo(holdClasses(Reflect.get(sequence, "model")));
  object.onUnwatch(watchSequence(object.scope, sequence));
}

/** A sequence that drafts for this one is no client of its model. */
function markDraft(sequence: object): void {
  const predictor: unknown = Reflect.get(sequence, "tokenPredictor");
  const draft: unknown = isObject(predictor) ? Reflect.get(predictor, "draftSequence") : undefined;
  if (isObject(draft)) drafts().add(draft);
}
