import { LiveMap } from "../base/live-map.ts";
import { type Clock, clearInterval, elapsedMs, setInterval } from "../base/time.ts";

/** How often the loop is looked at while something runs. */
export const loopIntervalMs = 20;

/** Something that runs, and the longest delay of the event loop meanwhile. */
export interface LoopWatched {
  eventLoopDelayMs: number | undefined;
}

const loadedTimers = { setInterval, clearInterval };

/**
 * Measures for the metrics what an inference met; whether the process is overloaded `EventLoopMonitor` judges.
 * How late Node's event loop is, only while something runs: a timer that fires late says how long nothing else could. The timer
 * does not keep the process alive.
 */
export class LoopWatch {
  readonly #clock: Clock;
  readonly #observe: (delayMs: number) => void;
  /** Each with the moment when it began: what delayed the loop before is not its own. */
  readonly #watched = new LiveMap<LoopWatched, number>();
  readonly #timers: typeof loadedTimers;
  /** Goes on until it next fires after all have ended: inferences that follow each other closely share one. */
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  /** Since when something runs without a break. */
  #busySince = 0;

  /** @param observe gets each delay in milliseconds, 0 included */
  constructor(clock: Clock, observe: (delayMs: number) => void, timers = loadedTimers) {
    this.#clock = clock;
    this.#observe = observe;
    this.#timers = timers;
  }

  begin(watched: LoopWatched): void {
    const now = this.#clock.now();
    if (this.#watched.size === 0) this.#busySince = now;
    this.#watched.set(watched, now);
    if (this.#timer !== undefined) return;
    this.#lookedAt = now;
    this.#timer = this.#timers.setInterval(() => this.#tick(), loopIntervalMs).unref();
  }

  /** It ended: a timer that should have fired by now says that the loop is held up at this very moment. */
  end(watched: LoopWatched): void {
    const begunAt = this.#watched.get(watched);
    if (begunAt === undefined) return;
    const now = this.#clock.now();
    const overdueMs = this.#overdueMs(now) ?? 0;
    if (overdueMs > 0) note(watched, overdueMs, elapsedMs(begunAt, now));
    this.#watched.delete(watched);
    if (this.#watched.size === 0 && overdueMs > 0) this.#observeOwn(overdueMs, now);
  }

  #tick(): void {
    const now = this.#clock.now();
    const delayMs = this.#overdueMs(now);
    this.#lookedAt = now;
    if (this.#watched.size === 0) this.#stop();
    if (this.#watched.size === 0 || delayMs === undefined) return;
    for (const [watched, begunAt] of this.#watched) note(watched, delayMs, elapsedMs(begunAt, now));
    this.#observeOwn(delayMs, now);
  }

  #stop(): void {
    this.#timers.clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** What delayed the loop before something ran is nobody's, and what an end has told is told. */
  #observeOwn(delayMs: number, now: number): void {
    this.#observe(Math.min(delayMs, elapsedMs(this.#busySince, now) ?? delayMs));
  }

  /** How late the timer is; 0 where it is not due yet, and unknown where the clock went back since the last look. */
  #overdueMs(now: number): number | undefined {
    const sinceMs = elapsedMs(this.#lookedAt, now);
    return sinceMs === undefined ? undefined : Math.max(0, sinceMs - loopIntervalMs);
  }
}

/** @param runsMs how long it has been running: what delayed the loop before is not its own */
function note(watched: LoopWatched, delayMs: number, runsMs: number | undefined): void {
  if (runsMs === undefined) return;
  const ownMs = Math.min(delayMs, runsMs);
  if (ownMs > (watched.eventLoopDelayMs ?? -1)) watched.eventLoopDelayMs = ownMs;
}
