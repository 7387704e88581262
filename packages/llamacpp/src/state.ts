import { AsyncLocalStorage } from "node:async_hooks";
import type { PatchedClass } from "./observe/observe-classes.ts";
import type { ObservedObject } from "./observe/observed-object.ts";
import type { Operation } from "./operation/operation.ts";
import type { SequenceEntry } from "./sequence/tap-sequence.ts";
import type { ContextActivity } from "./watch/context-activity.ts";
import type { WatchEntry } from "./watch/watch-object.ts";

/**
 * What must exist once in a process: the CommonJS and the ES build of this package can both be loaded, and an object that one of them
 * patched must not be patched again by the other.
 */
export interface SharedState {
  /** The operation that runs now. Right when an evaluation is asked for, wrong when the batch is decoded: that serves several. */
  readonly operations: AsyncLocalStorage<Operation>;
  /** What is observed, given to `instrumentModel` or made from it. */
  readonly observed: WeakMap<object, ObservedObject>;
  readonly sequences: WeakMap<object, SequenceEntry>;
  readonly activities: WeakMap<object, ContextActivity>;
  /** The engine's classes whose objects are made with `new`: patched while a model is observed. */
  readonly classes: WeakMap<object, PatchedClass>;
  /** Sequences that draft for another one: what they evaluate is a part of its inferences. */
  readonly drafts: WeakSet<object>;
  /** How long each model took to load, in milliseconds. */
  readonly loadTimes: WeakMap<object, number>;
  /** By what the board that shows the readings has of them, then by the object that they are read from, then by the model's name. */
  readonly watches: WeakMap<object, WeakMap<object, Map<string, WatchEntry>>>;
}

const key = Symbol.for("@aiwatch/llamacpp/state/2");

export function sharedState(): SharedState {
  const holder = globalThis as { [key]?: SharedState };
  holder[key] ??= {
    operations: new AsyncLocalStorage(),
    observed: new WeakMap(),
    sequences: new WeakMap(),
    activities: new WeakMap(),
    classes: new WeakMap(),
    drafts: new WeakSet(),
    loadTimes: new WeakMap(),
    watches: new WeakMap(),
  };
  return holder[key];
}
