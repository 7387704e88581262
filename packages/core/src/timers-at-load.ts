import { setImmediate as nextImmediate } from "node:timers/promises";

// as they are at load: behind fake timers that an app's test installs later, no answer of ours would ever come
const load = { setTimeout, clearTimeout };

/** Gives the event loop a turn. */
export const nextTurn: () => Promise<void> = nextImmediate;

/** Runs `action` once, after `ms` milliseconds; keeps no process alive. @returns calls it off */
export type Later = (action: () => void, ms: number) => () => void;

export const later: Later = (action, ms) => {
  const timer = load.setTimeout(action, ms).unref();
  return () => load.clearTimeout(timer);
};
