import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Clock, clearTimeout, elapsedMs, setTimeout } from "../base/time.ts";

type DelayHistogram = ReturnType<typeof monitorEventLoopDelay>;

/** How often the loop is looked at. */
const resolutionMs = 20;
/** The shortest time that is judged: one long turn alone is no overload. */
export const windowMs = 5000;
/** Who asked this long ago asks no more, and nothing is measured for nobody. */
export const idleAfterMs = 120_000;

/**
 * Judges whether the process is overloaded, for a health check, while somebody asks; what an inference met meanwhile `LoopWatch` measures.
 * How late Node's event loop was, window after window: from one question to the next, at least 5 s. However many ask, they see the same whole
 * window. It measures from the first question on, and does not keep the process alive.
 */
export class EventLoopMonitor {
  readonly #clock: Clock;
  #histogram: DelayHistogram | undefined;
  #idle: NodeJS.Timeout | undefined;
  #since = 0;
  #lastMs: number | undefined;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get measuring(): boolean {
    return this.#histogram !== undefined;
  }

  /** The delay that 99 % of the looks at the loop in the last whole window did not exceed; undefined until there is one. */
  delayMs(): number | undefined {
    if (this.#closed) return undefined;
    if (this.#histogram === undefined) return this.#start();
    this.#idle?.refresh();
    const now = this.#clock.now();
    const sinceMs = elapsedMs(this.#since, now);
    if (sinceMs !== undefined && sinceMs < windowMs) return this.#lastMs;
    this.#since = now;
    // where the clock went back, nobody knows how long the window was
    this.#lastMs = sinceMs === undefined ? undefined : delayIn(this.#histogram);
    this.#histogram.reset();
    return this.#lastMs;
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #start(): undefined {
    this.#histogram = monitorEventLoopDelay({ resolution: resolutionMs });
    this.#histogram.enable();
    this.#since = this.#clock.now();
    this.#idle = setTimeout(() => this.#stop(), idleAfterMs).unref();
  }

  #stop(): void {
    clearTimeout(this.#idle);
    this.#histogram?.disable();
    this.#histogram = undefined;
    this.#lastMs = undefined;
  }
}

/** Node's histogram holds the time from one look to the next, in nanoseconds: the delay is what is over the resolution. */
function delayIn(histogram: DelayHistogram): number | undefined {
  if (histogram.count === 0) return undefined;
  return Math.max(0, histogram.percentile(99) / 1e6 - resolutionMs);
}
