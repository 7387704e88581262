import { performance } from "node:perf_hooks";

/** The one source of time: monotonic, so that a change of the wall clock never makes a duration wrong or negative. */
export interface Clock {
  /** Milliseconds since a fixed moment in this process, with fractions. */
  now(): number;
}

export const monotonicClock: Clock = { now: () => performance.now() };
