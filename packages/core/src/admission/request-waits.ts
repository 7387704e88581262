import { type Clock, elapsedMs } from "../base/time.ts";

/** How a request stands, and stood, in the app's own queues. */
export interface RequestAdmission {
  /** The queue that it waits in: of several the one that it entered last. */
  readonly queue: string | undefined;
  /** How many entered that queue before it and still wait; where the queue's order is `fifo`. */
  readonly ahead: number | undefined;
  /** Since when it waits, in milliseconds of its clock: from its first entry of those that overlap. */
  readonly waitingSince: number | undefined;
  /** How long it has waited in all until now, in milliseconds. Where waits overlap, the time counts once. Unknown where the clock told no time. */
  readonly waitedMs: number | undefined;
}

/** An entry as its request sees it. */
interface OpenEntry {
  readonly queue: { readonly name: string };
  readonly ahead: number | undefined;
}

/** The waits of one request, by the clock of its first. */
export class RequestWaits implements RequestAdmission {
  readonly #clock: Clock;
  readonly #open = new Set<OpenEntry>();
  #since: number | undefined;
  /** Of the waits that are over. */
  #waitedMs: number | undefined = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enter(entry: OpenEntry): void {
    if (this.#open.size === 0) this.#since = this.#clock.now();
    this.#open.add(entry);
  }

  end(entry: OpenEntry): void {
    if (!this.#open.delete(entry) || this.#open.size > 0) return;
    this.#waitedMs = this.waitedMs;
    this.#since = undefined;
  }

  get queue(): string | undefined {
    return this.#last?.queue.name;
  }

  get ahead(): number | undefined {
    return this.#last?.ahead;
  }

  get waitingSince(): number | undefined {
    return this.#since;
  }

  get waitedMs(): number | undefined {
    if (this.#since === undefined || this.#waitedMs === undefined) return this.#waitedMs;
    const elapsed = elapsedMs(this.#since, this.#clock.now());
    return elapsed === undefined ? undefined : this.#waitedMs + elapsed;
  }

  get #last(): OpenEntry | undefined {
    return [...this.#open].at(-1);
  }
}
