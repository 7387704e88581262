/** A turn of a process's event loop that came late. */
export interface LoopDelay {
  /** When it came, in milliseconds of the time of day: two processes of one machine have it in common. */
  readonly at: number;
  readonly ms: number;
}

const everyMs = 10;
const leastMs = 2;

/** Notes every turn that comes later than it was due, as long as the process lives. */
export function watchLoop(note: (delay: LoopDelay) => void): void {
  let last = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    const ms = now - last - everyMs;
    last = now;
    if (ms >= leastMs) note({ at: timeOfDay(now), ms });
  }, everyMs);
  watch.unref();
}

/** @param moment of `performance.now()` */
export function timeOfDay(moment: number): number {
  return performance.timeOrigin + moment;
}

/** The longest of those that lasted into a stretch of time; 0 where none did. */
export function longestBetween(delays: readonly LoopDelay[], from: number, to: number): number {
  const within = delays.filter(({ at, ms }) => at >= from && at - ms - everyMs <= to);
  return within.reduce((longest, { ms }) => Math.max(longest, ms), 0);
}
