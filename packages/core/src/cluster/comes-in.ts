import { monotonicClock, withTimeout } from "../base/time.ts";

/**
 * What comes within so many milliseconds; undefined where it does not. A thread that is held up itself reads nothing, and its timer fires late:
 * what came meanwhile gets as long to be read as the timer was late, once.
 */
export async function comesIn<Value>(coming: Promise<Value>, ms: number): Promise<Value | undefined> {
  const late = () => undefined;
  const began = monotonicClock.now();
  const came = await withTimeout(() => coming, { ms, late });
  if (came !== undefined) return came;
  // it may fire a little early, too
  const lateMs = Math.max(monotonicClock.now() - began - ms, 0);
  return await withTimeout(() => coming, { ms: Math.min(lateMs, ms), late });
}
