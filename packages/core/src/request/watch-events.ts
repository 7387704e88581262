import type { EventEmitter } from "node:events";

/** Sees each event of an emitter. Must not throw. */
export interface EventWatcher {
  /** Before the listeners are called. */
  before(event: unknown): void;
  /** When they were called, whatever they threw. */
  after(event: unknown): void;
}

/**
 * Watches an emitter without a listener: apps count listeners, and remove them all. One that lets nothing be put on it is not watched.
 * @param names the events to look at: all others pass by
 */
export function watchEvents(emitter: EventEmitter, names: ReadonlySet<unknown>, watcher: EventWatcher): void {
  const { emit } = emitter;
  const watched = function (this: EventEmitter, ...event: Parameters<typeof emit>): boolean {
    if (!names.has(event[0])) return event.length === 1 ? emit.call(this, event[0]) : emit.apply(this, event);
    watcher.before(event[0]);
    try {
      return emit.apply(this, event);
    } finally {
      watcher.after(event[0]);
    }
  };
  Reflect.defineProperty(emitter, "emit", { value: watched, configurable: true, writable: true });
}

const closing: ReadonlySet<unknown> = new Set(["close"]);

/** Calls `closed` when an emitter has said that it is closed. */
export function watchClose(emitter: EventEmitter, closed: () => void): void {
  watchEvents(emitter, closing, { before() {}, after: closed });
}
