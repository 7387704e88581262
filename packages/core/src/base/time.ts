import { performance } from "node:perf_hooks";
import timers from "node:timers";
import timersPromises from "node:timers/promises";

/** The one source of time: monotonic, so that a change of the wall clock never makes a duration wrong or negative. */
export interface Clock {
  /** Milliseconds since a fixed moment in this process, with fractions. */
  now(): number;
}

// as they are now: fake timers that an app's test installs later would set our clock back in the middle of a request
const loadedNow = performance.now.bind(performance);
const LoadedDate = Date;
const { now: loadedDateNow } = Date;

export const monotonicClock: Clock = { now: loadedNow };

/** The time by the calendar: for people, not for arithmetic. @param at in milliseconds. @default now */
export function calendarTime(at: number = calendarMs()): Date {
  return new LoadedDate(at);
}

/** The time by the calendar in milliseconds: what is kept of it costs a fraction of a date. */
export function calendarMs(): number {
  return loadedDateNow();
}

/**
 * A clock that somebody else made, of which nothing but a time or `NaN` comes back, whatever it does.
 * @param report it threw, or answered what is no time
 */
export function guardedClock(clock: Clock, report: (error: unknown) => void): Clock {
  if (clock === monotonicClock) return clock;
  return {
    now() {
      try {
        const now: unknown = clock.now();
        if (typeof now === "number" && Number.isFinite(now)) return now;
        report(new TypeError("the clock told no finite number"));
      } catch (error) {
        report(error);
      }
      return Number.NaN;
    },
  };
}

/** The milliseconds between two moments. Unknown where one of them is, and where the clock went back meanwhile: that took no time that is known. */
export function elapsedMs(from: number | undefined, to: number | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  const elapsed = to - from;
  return elapsed >= 0 ? elapsed : undefined;
}

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

/** Milliseconds: what else the process has to do, tokens to hand on for one, never waits longer than this and a step. */
const budgetMs = 5;

/**
 * Runs long work step by step and gives the event loop a turn whenever the budget is used up. Work that is short is done in one turn: what
 * it reads is then of one moment.
 */
export async function inTurns<Result>(
  work: Generator<unknown, Result, void>,
  clock: Clock = monotonicClock,
): Promise<Result> {
  let began = clock.now();
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    const spentMs = elapsedMs(began, clock.now());
    if (spentMs !== undefined && spentMs < budgetMs) continue;
    await nextTurn();
    began = clock.now();
  }
}

/** Node's timers hold 31 bits: what is longer would fire at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** How long an action may take, and what is given once it took longer. */
export interface TimeLimit<Late> {
  /** In milliseconds. What a timer cannot hold, `Infinity` for one, is no limit. */
  readonly ms: number;
  /** Gives the result in place of the action's, or throws. */
  readonly late: () => Late;
  /** Whether the process is kept alive until then. @default false */
  readonly keepsAlive?: boolean;
}

/**
 * Runs an action for a limited time.
 * @param action is given a signal, which is aborted when the time is over, or when the action fails. What it does after that is nobody's concern
 * @throws what the action throws in time, and what `late` throws
 * @example
 * const ended = await withTimeout(async () => (await pipeline.flush(), true), { ms: 5000, late: () => false });
 */
export async function withTimeout<Result, Late>(
  action: (signal: AbortSignal) => Result | PromiseLike<Result>,
  { ms, late, keepsAlive = false }: TimeLimit<Late>,
): Promise<Result | Late> {
  const over = new AbortController();
  if (ms > longestTimerMs) return action(over.signal);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Late>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
      over.abort();
    }, ms);
    if (!keepsAlive) timer.unref();
  });
  try {
    return await Promise.race([timeout, action(over.signal)]);
  } catch (error) {
    over.abort();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
