import { type EngineKind, isCaller, kindOf, onDispose } from "../engine/objects.ts";
import { observeCaller } from "./callers.ts";
import { observeContext, observeLlama, observeModel, observeSequence } from "./engine-objects.ts";
import { ObservedObject, observedObjects, type Scope } from "./observed-object.ts";

/**
 * Observes an object of the engine that `instrumentModel` was given. Once is enough: the first scope holds.
 * @throws what the patching throws; then nothing of it is left
 */
export function observe(target: object, kind: EngineKind, scope: Scope): void {
  const observed = observedObjects();
  const known = observed.get(target);
  if (known !== undefined) known.explicit = true;
  else begin(target, kind, new ObservedObject(scope, true, adopt));
}

/** Observes what was made from an observed object, in the same scope. A fault is reported, and the object then works unobserved. */
function adopt(parent: ObservedObject, made: unknown): void {
  parent.scope.host.diagnostics.guard("adapter", "observing what was made", () => {
    const kind = kindOf(made);
    if (kind === undefined || parent.undone) return;
    const target = made as object;
    if (observedObjects().has(target)) return;
    begin(target, kind, new ObservedObject(parent.scope, false, adopt));
    parent.made(target);
  });
}

function begin(target: object, kind: EngineKind, object: ObservedObject): void {
  const observed = observedObjects();
  observed.set(target, object);
  try {
    install(target, kind, object);
    object.onUndo(onDispose(target, () => disposed(target, object)));
  } catch (error) {
    observed.delete(target);
    object.undo();
    throw error;
  }
}

function install(target: object, kind: EngineKind, object: ObservedObject): void {
  if (kind === "llama") observeLlama(target, object);
  else if (kind === "model") observeModel(target, object);
  else if (kind === "context") observeContext(target, object);
  else if (kind === "sequence") observeSequence(target, object);
  else if (isCaller(kind)) observeCaller(target, kind, object);
  else kind satisfies never;
}

function disposed(target: object, object: ObservedObject): void {
  object.scope.host.diagnostics.guard("adapter", "releasing what is disposed", () => {
    const observed = observedObjects();
    if (observed.get(target) === object) observed.delete(target);
    // what it was made from shows the readings of what lives on; where there is nothing such, they stay
    if (object.explicit) object.disposed();
    else object.undo();
  });
}
