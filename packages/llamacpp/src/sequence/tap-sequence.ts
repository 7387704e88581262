import { type Method, once, patchMethods, processWide, type Undo } from "@aiwatch/core/adapter";
import { onDispose } from "../patch/on-dispose.ts";
import { contextActivityOf } from "../watch/context-activity.ts";
import { MeterTap } from "./meter-tap.ts";
import { operationOn, positionOf } from "./operation-on.ts";
import { SequenceTap } from "./tap.ts";
import { tapEvaluation, tapGeneration, tapTokenResults } from "./tap-evaluations.ts";

export interface SequenceEntry {
  readonly tap: SequenceTap;
  readonly undo: Undo;
  holders: number;
}

export const tappedSequences = processWide(
  "@aiwatch/llamacpp/sequences",
  2,
  () => new WeakMap<object, SequenceEntry>(),
);

/**
 * Taps a `LlamaContextSequence`: the only place where tokens are counted. Each holder releases it once; the last one takes the tap away.
 *
 * `evaluate` is an async generator over `evaluateWithMetadata`, so that only the latter is tapped; the evaluations that generate nothing go
 * past both.
 */
export function holdTap(sequence: object): { readonly tap: SequenceTap; readonly release: Undo } {
  const { tap } = tappedSequences().get(sequence) ?? install(sequence);
  return { tap, release: tap.hold() };
}

function install(sequence: object): SequenceEntry {
  const meter = new MeterTap(sequence);
  const hold = () => holdEntry(sequence, entry);
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
  const entry: SequenceEntry = { tap, undo, holders: 0 };
  tappedSequences().set(sequence, entry);
  return entry;
}

function holdEntry(sequence: object, entry: SequenceEntry): Undo {
  entry.holders += 1;
  return once(() => {
    entry.holders -= 1;
    if (entry.holders > 0) return;
    entry.undo();
    const sequences = tappedSequences();
    if (sequences.get(sequence) === entry) sequences.delete(sequence);
  });
}

function tapAdapt(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    operationOn(tap)?.adapts(positionOf(this));
    return Reflect.apply(original, this, args);
  };
}

/**
 * The engine's own eviction, when a decode finds the context full. It has no public face; a release without it has no such shifts to tell. The
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
