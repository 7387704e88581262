import { unavailable } from "./http-error.js";

/**
 * Lends a few things to many: each to one at a time, the longest waiting first. Who comes when `limit` others wait already is refused.
 *
 * @template Thing
 */
export class Queue {
  /** @type {Thing[]} */
  #free;
  /** @type {Set<(thing: Thing) => void>} in the order they came */
  #waiting = new Set();
  #limit;

  /**
   * @param {readonly Thing[]} things
   * @param {number} limit how many may wait
   */
  constructor(things, limit) {
    this.#free = [...things];
    this.#limit = limit;
  }

  get waiting() {
    return this.#waiting.size;
  }

  /**
   * Gives the next thing that is free; bring it back with `giveBack`.
   *
   * @param {AbortSignal} signal leaves the queue, and then its reason is thrown
   * @returns {Promise<Thing>}
   */
  async borrow(signal) {
    signal.throwIfAborted();
    const thing = this.#free.pop();
    if (thing !== undefined) return thing;
    if (this.#waiting.size >= this.#limit) throw unavailable("too many chats are waiting already: try again soon", 2);
    return await this.#turn(signal);
  }

  /** @param {Thing} thing */
  giveBack(thing) {
    const [next] = this.#waiting;
    if (next === undefined) this.#free.push(thing);
    else next(thing);
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<Thing>}
   */
  #turn(signal) {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(take);
        reject(signal.reason);
      };
      /** @param {Thing} thing */
      const take = (thing) => {
        this.#waiting.delete(take);
        signal.removeEventListener("abort", leave);
        resolve(thing);
      };
      this.#waiting.add(take);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
