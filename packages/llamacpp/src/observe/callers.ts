import { HeldOnce, isObject, processWide, type Undo, undoAll } from "@aiwatch/core/adapter";
import { type CallerKind, sequenceOf, sequencesOf } from "../engine/objects.ts";
import type { SequenceLike } from "../engine/types.ts";
import { llamaOf } from "../model/gguf.ts";
import { watchSequence } from "../readings/watch.ts";
import { holdTap } from "../sequence/tap-sequence.ts";
import { observeCalls } from "./calls.ts";
import { type ObservedObject, observedObjects, type Scope } from "./observed-object.ts";

/** What an observed caller holds of the sequences that it runs on. */
interface Attachment {
  readonly sequence: SequenceLike;
  readonly release: Undo;
  readonly unwatch: Undo;
}

/**
 * A session, chat, completion, embedding, ranking or decision context: its calls are inferences, and its sequences are tapped meanwhile. Should
 * a release let it change its sequence, it is followed.
 */
export function observeCaller(caller: object, kind: CallerKind, object: ObservedObject): void {
  const { scope } = object;
  let attached: Attachment | undefined;
  object.onUndo(() => attached?.release());
  object.onUnwatch(() => attached?.unwatch());
  const follow = () => {
    // the sequences of a decision context stay; those that are at work just now are not in its queue
    if (attached !== undefined && kind === "decision") return attached.sequence;
    const [sequence, ...others] = sequencesOf(caller);
    if (sequence === undefined || sequence === attached?.sequence) return attached?.sequence;
    const before = attached;
    attached = attach(scope, sequence, others);
    before?.release();
    before?.unwatch();
    return sequence;
  };
  follow();
  const placeOf = () => {
    const sequence = scope.host.diagnostics.guard("adapter", "following a session", follow);
    return sequence === undefined ? undefined : { scope, sequence };
  };
  object.onUndo(observeCalls(caller, kind, "itself", placeOf));
}

function attach(scope: Scope, sequence: SequenceLike, others: readonly SequenceLike[]): Attachment {
  const all = [sequence, ...others];
  const releases = all.map((each) => holdTap(each).release);
  const unwatches = all.map((each) => watchSequence(scope, each));
  return { sequence, release: () => undoAll(releases), unwatch: () => undoAll(unwatches) };
}

/** The classes of the engine whose prototypes are patched, for as long as somebody holds them. By prototype. */
export const patchedClasses = processWide("@aiwatch/llamacpp/classes", 2, () => new HeldOnce<object, string>());

/** Classes whose objects an app makes with `new`, so that no method of ours sees them come. */
const classes: Readonly<Record<string, CallerKind>> = {
  LlamaChatSession: "session",
  LlamaChat: "chat",
  LlamaCompletion: "completion",
};

/**
 * Observes the sessions, chats and completions on observed sequences by the prototypes of their classes, which the model's `Llama` names.
 * Objects on other sequences are passed by.
 * @returns releases them: the last release takes the patches away
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
  const make = () => ({ value: kind, undo: observeCalls(prototype, kind, "everyone", scopeOf) });
  return patchedClasses().hold(prototype, make).release;
}

/** Where the caller's sequence is observed: what it was made from is. */
function scopeOf(caller: object) {
  const sequence = sequenceOf(caller);
  const scope = sequence === undefined ? undefined : observedObjects().get(sequence)?.scope;
  return sequence === undefined || scope === undefined ? undefined : { scope, sequence };
}
