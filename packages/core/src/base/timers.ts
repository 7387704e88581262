import timers from "node:timers";
import timersPromises from "node:timers/promises";

/**
 * Node's timers as they are at load: fake ones that a test installs later would never fire what they took when they are taken away again, and
 * a fake `clearTimeout` throws for a timer that is Node's own.
 */
export const { clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } = timers;

/** Resolves after so many milliseconds. */
export const sleep = timersPromises.setTimeout;

/** Resolves in the next turn of the event loop. */
export const nextTurn = timersPromises.setImmediate;

/** Runs `action` once, after `ms` milliseconds; keeps no process alive. @returns calls it off */
export type Later = (action: () => void, ms: number) => () => void;

export const later: Later = (action, ms) => {
  const timer = setTimeout(action, ms).unref();
  return () => clearTimeout(timer);
};
