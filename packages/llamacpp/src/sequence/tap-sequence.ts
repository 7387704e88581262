import { HeldOnce, type Method, patchMethods, processWide, type Undo } from "@aiwatch/core/adapter";
import { onDispose, positionOf } from "../engine/objects.ts";
import { operationOn } from "../operation/run-operation.ts";
import { contextActivityOf } from "../readings/context-activity.ts";
import { MeterTap } from "./meter-tap.ts";
import { SequenceTap } from "./tap.ts";
import { tapEvaluation, tapGeneration, tapTokenResults } from "./tap-evaluations.ts";

/** Each sequence's tap, while somebody holds it. */
export const tappedSequences = processWide("@aiwatch/llamacpp/sequences", 3, () => new HeldOnce<object, SequenceTap>());

/**
 * Taps a `LlamaContextSequence`: the only place where tokens are counted. Each holder releases it once; the last one takes the tap away.
 *
 * `evaluate` is an async generator over `evaluateWithMetadata`, so that only the latter is tapped; the evaluations that generate nothing go
 * past both.
 */
export function holdTap(sequence: object): { readonly tap: SequenceTap; readonly release: Undo } {
  const { value: tap, release } = tappedSequences().hold(sequence, (hold) => install(sequence, hold));
  return { tap, release };
}

function install(sequence: object, hold: () => Undo): { readonly value: SequenceTap; readonly undo: Undo } {
  const meter = new MeterTap(sequence);
  const tap = new SequenceTap(contextActivityOf(Reflect.get(sequence, "context")), meter, hold);
  const undoSequence = patchMethods(sequence, {
    adaptStateToTokens: (original) => tapAdapt(tap, original),
    evaluateWithMetadata: (original) => tapGeneration(tap, original),
    evaluateWithoutGeneratingNewTokens: (original) => tapEvaluation(tap, original),
    controlledEvaluate: (original) => tapTokenResults(tap, original),
    _freeUpSpaceForTokens: (original) => tapShift(tap, original),
  });
  if (Reflect.get(sequence, "disposed") === true) tap.disposed();
  const stopListening = onDispose(sequence, () => tap.disposed());
  const undo = () => {
    stopListening();
    undoSequence();
    meter.undo();
  };
  return { value: tap, undo };
}

function tapAdapt(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    operationOn(tap)?.adapts(positionOf(this));
    return Reflect.apply(original, this, args);
  };
}

/**
 * The engine's own eviction, when a decode finds the context full. It has no public face; a release without it has no such shifts. The
 * tokens that it moves go through the meter, too, and are no prompt.
 */
function tapShift(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    tap.current?.shifts();
    tap.pause();
    const shifting = Reflect.apply(original, this, args);
    const goesOn = () => tap.resume();
    if (shifting instanceof Promise) shifting.then(goesOn, goesOn);
    else goesOn();
    return shifting;
  };
}
