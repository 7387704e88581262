import { AsyncLocalStorage } from "node:async_hooks";
import type { Operation } from "./operation/operation.ts";
import type { SequenceEntry } from "./sequence/tap-sequence.ts";
import type { ObservedSession } from "./session/observed-session.ts";
import type { ContextActivity } from "./watch/context-activity.ts";
import type { WatchEntry } from "./watch/watch-object.ts";

/**
 * What must exist once in a process: the CommonJS and the ES build of this package can both be loaded, and an object that one of them
 * patched must not be patched again by the other.
 */
export interface SharedState {
  /** The operation that runs now. Right when an evaluation is asked for, wrong when the batch is decoded: that serves several. */
  readonly operations: AsyncLocalStorage<Operation>;
  readonly sessions: WeakMap<object, ObservedSession>;
  readonly sequences: WeakMap<object, SequenceEntry>;
  readonly activities: WeakMap<object, ContextActivity>;
  /** By the board that shows the readings, then by the object that they are read from, then by the model's name. */
  readonly watches: WeakMap<object, WeakMap<object, Map<string, WatchEntry>>>;
}

const key = Symbol.for("@aiwatch/llamacpp/state/1");

export function sharedState(): SharedState {
  const holder = globalThis as { [key]?: SharedState };
  holder[key] ??= {
    operations: new AsyncLocalStorage(),
    sessions: new WeakMap(),
    sequences: new WeakMap(),
    activities: new WeakMap(),
    watches: new WeakMap(),
  };
  return holder[key];
}
