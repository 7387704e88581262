import type { Clock } from "../base/clock.ts";

/** A clock that moves only when it is told to. */
export interface FakeClock extends Clock {
  /** Moves on by `milliseconds`. */
  advance(milliseconds: number): void;
}

/** @param start its first reading in milliseconds @default 0 */
export function fakeClock(start = 0): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}
