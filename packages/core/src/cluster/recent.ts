import { type Clock, elapsedMs } from "../base/time.ts";

/** How long what was gathered is given to whoever asks. */
export const recentMs = 1000;

/** What was gathered not long ago. Whoever asks while it is gathered is given the same. */
export class Recent<Value> {
  readonly #clock: Clock;
  readonly #gather: () => Promise<Value>;
  readonly #ageMs: number;
  #gathered: Promise<Value> | undefined;
  #begunAt: number | undefined;
  #isOver = false;

  /** @param ageMs how long it is given out, counted from when it was begun; 0 for no longer than it is gathered */
  constructor(clock: Clock, gather: () => Promise<Value>, ageMs = recentMs) {
    this.#clock = clock;
    this.#gather = gather;
    this.#ageMs = ageMs;
  }

  read(): Promise<Value> {
    if (this.#gathered === undefined || (this.#isOver && this.#isOld)) {
      this.#isOver = false;
      this.#begunAt = this.#clock.now();
      this.#gathered = this.#begin();
    }
    return this.#gathered;
  }

  get #isOld(): boolean {
    const ageMs = elapsedMs(this.#begunAt, this.#clock.now());
    return ageMs === undefined || ageMs >= this.#ageMs;
  }

  /** What failed is tried again by the next one. */
  async #begin(): Promise<Value> {
    try {
      return await this.#gather();
    } catch (error) {
      this.#gathered = undefined;
      throw error;
    } finally {
      this.#isOver = true;
    }
  }
}
