import { elapsedMs } from "../base/time.ts";

/** How long a slice is. */
export const sliceMs = 5000;

/** A window of five minutes. */
export const slicesInWindow = 60;

/**
 * The last five minutes in slices of five seconds. Nothing runs for it: it moves on when it is next asked, and makes up the slices in which
 * nobody asked. All moments are of one clock.
 */
export class Slices<Slice> {
  readonly #make: () => Slice;
  readonly #ending: (slice: Slice) => void;
  /** The oldest first; the last one goes on. */
  readonly #slices: Slice[];
  #current: Slice;
  /** None until a moment is first asked for. */
  #beganAt = Number.NaN;

  /**
   * @param make begins a slice, before anything that is in it is counted
   * @param ending called with the slice that went on, before the next one begins
   */
  constructor(make: () => Slice, ending: (slice: Slice) => void = () => {}) {
    this.#make = make;
    this.#ending = ending;
    this.#current = make();
    this.#slices = [this.#current];
  }

  /** The slice of a moment. A moment that is none belongs to the slice that goes on. */
  at(now: number): Slice {
    const sinceMs = now - this.#beganAt;
    if (sinceMs >= sliceMs) this.#moveOn(Math.floor(sinceMs / sliceMs), now);
    // its first time, or the clock went back: the slice goes on, and ends by this time
    else if (!(sinceMs >= 0) && Number.isFinite(now)) this.#beganAt = now;
    return this.#current;
  }

  /** Those of the window, the oldest first; the last one goes on. */
  window(now: number): readonly Slice[] {
    this.at(now);
    return this.#slices;
  }

  /** How long ago the slice began that goes on, in milliseconds. */
  sinceMs(now: number): number {
    this.at(now);
    return elapsedMs(this.#beganAt, now) ?? 0;
  }

  #moveOn(ended: number, now: number): void {
    this.#ending(this.#current);
    for (let left = Math.min(ended, slicesInWindow); left > 0; left -= 1) {
      this.#current = this.#make();
      this.#slices.push(this.#current);
      if (this.#slices.length > slicesInWindow) this.#slices.shift();
    }
    this.#beganAt = now - ((now - this.#beganAt) % sliceMs);
  }
}
