import type { Clock } from "../base/time.ts";

/** A clock that moves only by `advance`. */
export interface FakeClock extends Clock {
  /** Moves on by `milliseconds`. */
  advance(milliseconds: number): void;
}

/**
 * A clock for tests.
 * @param start its first reading in milliseconds @default 0
 * @example
 * const clock = fakeClock();
 * const { aiwatch } = createTestAiwatch({ clock });
 * clock.advance(100);
 */
export function fakeClock(start = 0): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}
