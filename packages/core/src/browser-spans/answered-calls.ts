import type { Clock } from "../base/time.ts";
import { Latest } from "../windows/latest.ts";

/** How long after its end an answer's page may still tell of it. */
export const rememberedMs = 600_000;
/** At least, of the latest requests: those that were not heard of for longest are forgotten. */
export const callsKept = 5_000;

interface Answered {
  /** Epoch milliseconds of the server's span. */
  readonly startedAt: number;
  /** By the monotonic clock; undefined while the request goes on. */
  readonly endedAt: number | undefined;
}

/** The calls that this process answers, and those that it answered in the last ten minutes, by trace and span of the caller. Each is given out once. */
export class AnsweredCalls {
  readonly #clock: Clock;
  readonly #calls = new Latest<Answered>(callsKept);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A request of the call began. Of several, as after a redirect, the first counts. */
  begin(call: string, startedAt: number): void {
    if (this.#calls.get(call) === undefined) this.#calls.set(call, { startedAt, endedAt: undefined });
  }

  /** A request of the call ended. */
  end(call: string): void {
    const answered = this.#calls.get(call);
    if (answered !== undefined) this.#calls.set(call, { ...answered, endedAt: this.#clock.now() });
  }

  /** @returns when its first request began, by the server's calendar; undefined where the call is not known, or was taken before */
  take(call: string): number | undefined {
    const answered = this.#calls.get(call);
    if (answered === undefined) return undefined;
    this.#calls.delete(call);
    const isLate = answered.endedAt !== undefined && this.#clock.now() - answered.endedAt > rememberedMs;
    return isLate ? undefined : answered.startedAt;
  }

  clear(): void {
    this.#calls.clear();
  }

  get size(): number {
    return this.#calls.size;
  }
}
