import { AsyncLocalStorage } from "node:async_hooks";
import type { Due } from "./after-turn.ts";
import type { Aiwatch } from "./aiwatch.ts";
import type { Instruments } from "./prometheus/instruments.ts";
import type { RequestScope } from "./request/scope.ts";

/** Delivers what is held back and lets go of what is open. */
export type Closer = () => void | Promise<void>;

/**
 * What must exist once in a process. The CommonJS and ES builds, and even two entries of one build, do not share module variables; a
 * versioned global symbol does.
 */
export interface SharedState {
  readonly scopes: AsyncLocalStorage<RequestScope>;
  /** Instruments belong to their registry: two instances on one registry record into the same ones. */
  readonly instruments: WeakMap<object, Instruments>;
  /** By which instruments a request is counted that cannot be marked. */
  readonly unmarkable: WeakMap<object, Set<object>>;
  /** What `close()` flushes besides an instance's own observers: the tracing SDK, for one. */
  readonly closers: Set<Closer>;
  /** What was put off until the end of this turn of the event loop. */
  readonly due: Due;
  /** The first instance that was created, until it is closed. */
  defaultInstance: Aiwatch | undefined;
}

const key = Symbol.for("@aiwatch/core/state/1");

export function sharedState(): SharedState {
  const holder = globalThis as { [key]?: SharedState };
  holder[key] ??= {
    scopes: new AsyncLocalStorage(),
    instruments: new WeakMap(),
    unmarkable: new WeakMap(),
    closers: new Set(),
    due: { actions: [], next: 0, heedsExit: false },
    defaultInstance: undefined,
  };
  return holder[key];
}

/** Adds what every instance's `close()` is to call, for what belongs to the process. @returns takes it away again */
export function onClose(closer: Closer): () => void {
  const { closers } = sharedState();
  closers.add(closer);
  return () => closers.delete(closer);
}
