import { calls } from "../engine/calls.ts";
import type { CallerKind } from "../engine/kinds.ts";
import { sequenceOf } from "../engine/sequence-of.ts";
import type { SequenceLike } from "../engine/types.ts";
import { patchMethods, type Undo } from "../patch/patch-method.ts";
import { holdTap } from "../sequence/tap-sequence.ts";
import { observeCall } from "./observe-call.ts";
import type { ObservedObject } from "./observed-object.ts";
import type { Scope } from "./scope.ts";
import { watchSequence } from "./watch-sequence.ts";

/** What an observed caller holds of the sequence that it runs on. */
interface Attachment {
  readonly sequence: SequenceLike;
  readonly release: Undo;
  readonly unwatch: Undo;
}

/**
 * A session, chat, completion, embedding or ranking context: its calls are inferences, and its sequence is tapped meanwhile. Should a release
 * let it change its sequence, it is followed.
 */
export function observeCaller(caller: object, kind: CallerKind, object: ObservedObject): void {
  const { scope } = object;
  let attached: Attachment | undefined;
  object.onUndo(() => attached?.release());
  object.onUnwatch(() => attached?.unwatch());
  const follow = () => {
    const sequence = sequenceOf(caller);
    if (sequence === undefined || sequence === attached?.sequence) return attached?.sequence;
    const before = attached;
    attached = attach(scope, sequence);
    before?.release();
    before?.unwatch();
    return sequence;
  };
  follow();
  const placeOf = () => {
    const sequence = scope.aiwatch.diagnostics.guard("adapter", "following a session", follow);
    return sequence === undefined ? undefined : { scope, sequence };
  };
  const wraps = Object.entries(calls[kind]).map(([name, spec]) => [name, observeCall(spec, placeOf)] as const);
  object.onUndo(patchMethods(caller, Object.fromEntries(wraps)));
}

function attach(scope: Scope, sequence: SequenceLike): Attachment {
  const { release } = holdTap(sequence);
  return { sequence, release, unwatch: watchSequence(scope, sequence) };
}
