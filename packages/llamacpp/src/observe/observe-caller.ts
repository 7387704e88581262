import { type Undo, undoAll } from "@aiwatch/core/adapter";
import type { CallerKind } from "../engine/kinds.ts";
import { sequencesOf } from "../engine/sequence-of.ts";
import type { SequenceLike } from "../engine/types.ts";
import { holdTap } from "../sequence/tap-sequence.ts";
import { observeCalls } from "./observe-call.ts";
import type { ObservedObject } from "./observed-object.ts";
import type { Scope } from "./scope.ts";
import { watchSequence } from "./watch-sequence.ts";

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
