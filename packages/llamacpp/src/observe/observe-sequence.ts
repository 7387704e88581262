import { isObject } from "@aiwatch/core/adapter";
import { drafts } from "../sequence/tap-evaluations.ts";
import { holdTap } from "../sequence/tap-sequence.ts";
import { holdClasses } from "./observe-classes.ts";
import type { ObservedObject } from "./observed-object.ts";
import { watchSequence } from "./watch-sequence.ts";

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
