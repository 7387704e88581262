import type { Clock } from "../clock.ts";

/** How often the loop is looked at while something runs. */
export const loopIntervalMs = 20;

/** Something that runs, and the longest delay of the event loop meanwhile. */
export interface LoopWatched {
  eventLoopDelayMs: number | undefined;
}

/**
 * Measures how late Node's event loop is, only while something runs: a timer that fires late says how long nothing else could. The timer
 * does not keep the process alive.
 */
export class LoopWatch {
  readonly #clock: Clock;
  readonly #observe: (delayMs: number) => void;
  /** Each with the moment when it began: what delayed the loop before is not its own. */
  readonly #watched = new Map<LoopWatched, number>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;

  /** @param observe is told of each delay, 0 included */
  constructor(clock: Clock, observe: (delayMs: number) => void) {
    this.#clock = clock;
    this.#observe = observe;
  }

  begin(watched: LoopWatched): void {
    const now = this.#clock.now();
    this.#watched.set(watched, now);
    if (this.#timer !== undefined) return;
    this.#dueAt = now + loopIntervalMs;
    this.#timer = setInterval(() => this.#tick(), loopIntervalMs).unref();
  }

  /** It ended: a timer that should have fired by now says that the loop is held up at this very moment. */
  end(watched: LoopWatched): void {
    const begunAt = this.#watched.get(watched);
    if (begunAt === undefined) return;
    const now = this.#clock.now();
    const overdueMs = now - this.#dueAt;
    if (overdueMs > 0) note(watched, Math.min(overdueMs, now - begunAt));
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (overdueMs > 0) this.#observe(overdueMs);
  }

  #tick(): void {
    const now = this.#clock.now();
    const delayMs = Math.max(0, now - this.#dueAt);
    this.#dueAt = now + loopIntervalMs;
    for (const [watched, begunAt] of this.#watched) note(watched, Math.min(delayMs, now - begunAt));
    this.#observe(delayMs);
  }
}

function note(watched: LoopWatched, delayMs: number): void {
  if (delayMs > (watched.eventLoopDelayMs ?? -1)) watched.eventLoopDelayMs = delayMs;
}
