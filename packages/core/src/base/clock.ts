import { performance } from "node:perf_hooks";

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
