import { isObject, processWide, type Undo, undoAll } from "@aiwatch/core/adapter";
import type { CallerKind } from "../engine/kinds.ts";
import { sequenceOf } from "../engine/sequence-of.ts";
import { llamaOf } from "../model/model-info.ts";
import { observeCalls } from "./observe-call.ts";
import { observedObjects } from "./observed-object.ts";

/** A class of the engine whose prototype is patched, for as long as somebody holds it. */
interface PatchedClass {
  readonly undo: Undo;
  holders: number;
}

/** By prototype. */
export const patchedClasses = processWide("@aiwatch/llamacpp/classes", 1, () => new WeakMap<object, PatchedClass>());

/** Classes whose objects an app makes with `new`, so that no method of ours sees them come. */
const classes: Readonly<Record<string, CallerKind>> = {
  LlamaChatSession: "session",
  LlamaChat: "chat",
  LlamaCompletion: "completion",
};

/**
 * Observes the sessions, chats and completions on observed sequences by the prototypes of their classes, which the model's `Llama` names.
 * Objects on other sequences are passed by.
 * @returns lets go: the last one takes the patches away
 */
export function holdClasses(model: unknown): Undo {
  const llama = llamaOf(model);
  const named: unknown = llama === undefined ? undefined : Reflect.get(llama, "classes");
  if (!isObject(named)) return () => {};
  const undos = Object.entries(classes).map(([name, kind]) => holdClass(Reflect.get(named, name), kind));
  return () => undoAll(undos);
}

function holdClass(target: unknown, kind: CallerKind): Undo {
  const prototype: unknown = typeof target === "function" ? target.prototype : undefined;
  if (!isObject(prototype)) return () => {};
  const patched = patchedClasses();
  const entry = patched.get(prototype) ?? { undo: observeCalls(prototype, kind, "everyone", scopeOf), holders: 0 };
  patched.set(prototype, entry);
  entry.holders += 1;
  return () => {
    entry.holders -= 1;
    if (entry.holders > 0) return;
    entry.undo();
    if (patched.get(prototype) === entry) patched.delete(prototype);
  };
}

/** Where the caller's sequence is observed: what it was made from is. */
function scopeOf(caller: object) {
  const sequence = sequenceOf(caller);
  const scope = sequence === undefined ? undefined : observedObjects().get(sequence)?.scope;
  return sequence === undefined || scope === undefined ? undefined : { scope, sequence };
}
