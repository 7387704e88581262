import type { Operation } from "../operation/operation.ts";
import { type Method, patchMethods, type Undo } from "../patch/patch-method.ts";
import { isObject } from "../received.ts";
import { sharedState } from "../state.ts";
import { type ContextActivity, contextActivityOf } from "../watch/context-activity.ts";
import { observeTokens } from "./observe-tokens.ts";

/** What one sequence does at the moment. It does not hold the sequence. */
export interface SequenceTap {
  /** Whose tokens the sequence's next batch holds; cleared once that batch is decoded. */
  evaluating: Operation | undefined;
  readonly activity: ContextActivity;
}

export interface SequenceEntry {
  readonly tap: SequenceTap;
  readonly undo: Undo;
  holders: number;
}

/**
 * Taps a `LlamaContextSequence`: the only place where tokens are counted. Each holder releases it once; the last one takes the tap away.
 *
 * `evaluate` is an async generator over `evaluateWithMetadata`, so that only the latter is tapped; the evaluations that generate nothing go
 * past both.
 */
export function holdTap(sequence: object): { readonly tap: SequenceTap; readonly release: Undo } {
  const { sequences } = sharedState();
  const entry = sequences.get(sequence) ?? install(sequence);
  sequences.set(sequence, entry);
  entry.holders += 1;
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    entry.holders -= 1;
    if (entry.holders > 0) return;
    entry.undo();
    if (sequences.get(sequence) === entry) sequences.delete(sequence);
  };
  return { tap: entry.tap, release };
}

function install(sequence: object): SequenceEntry {
  const tap: SequenceTap = { evaluating: undefined, activity: contextActivityOf(Reflect.get(sequence, "context")) };
  const undoSequence = patchMethods(sequence, {
    adaptStateToTokens: (original) => tapAdapt(tap, original),
    evaluateWithMetadata: (original) => tapGeneration(tap, original),
    evaluateWithoutGeneratingNewTokens: (original) => tapEvaluation(tap, original),
    controlledEvaluate: (original) => tapEvaluation(tap, original),
  });
  const meter: unknown = Reflect.get(sequence, "tokenMeter");
  const undoMeter = isObject(meter)
    ? patchMethods(meter, { useTokens: (original) => tapMeter(tap, original) })
    : () => {};
  const undo = () => {
    undoMeter();
    undoSequence();
  };
  return { tap, undo, holders: 0 };
}

function tapAdapt(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    operationOn(tap)?.takenUp();
    return Reflect.apply(original, this, args);
  };
}

function tapEvaluation(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    operationOn(tap)?.evaluates(lengthOf(args[0]), positionOf(this));
    return Reflect.apply(original, this, args);
  };
}

function tapGeneration(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    const generator = Reflect.apply(original, this, args);
    const operation = operationOn(tap);
    if (operation === undefined || !isObject(generator)) return generator;
    return observeTokens(generator, {
      // a generator evaluates nothing until it is asked for its first token
      started: () => operation.evaluates(lengthOf(args[0]), positionOf(this)),
      token: () => operation.token(),
    });
  };
}

/** The engine tells the meter just before it decodes a batch. The batch serves several sequences, so that the scope says nothing here. */
function tapMeter(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    const { evaluating } = tap;
    if (evaluating !== undefined) {
      tap.evaluating = undefined;
      evaluating.decodes();
    }
    return Reflect.apply(original, this, args);
  };
}

/** The operation that asks, if it is one on this sequence: a function that the model calls may use another. */
function operationOn(tap: SequenceTap): Operation | undefined {
  const operation = sharedState().operations.getStore();
  return operation?.tap === tap && !operation.inference.ended ? operation : undefined;
}

function lengthOf(tokens: unknown): number {
  return Array.isArray(tokens) ? tokens.length : 0;
}

function positionOf(sequence: unknown): number {
  const position: unknown = isObject(sequence) ? Reflect.get(sequence, "nextTokenIndex") : undefined;
  return typeof position === "number" ? position : 0;
}
