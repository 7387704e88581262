import { inspect } from "node:util";

/** From how many on it is looked which of them are settled. */
const manyRuns = 8;

/**
 * What `run()` gave back and is not settled yet. Held weakly: a promise may hold the handle that it belongs to, and what was collected will
 * never settle.
 */
export class PendingRuns {
  #promises: WeakRef<object>[] = [];
  #lookAt = manyRuns;

  add(promise: Promise<unknown>): void {
    if (this.#promises.length >= this.#lookAt) {
      this.look();
      this.#lookAt = Math.max(manyRuns, 2 * this.#promises.length);
    }
    this.#promises.push(new WeakRef(promise));
  }

  /** Forgets those that are settled. @returns how many were not at the look before */
  look(): number {
    const before = this.#promises.length;
    this.#promises = this.#promises.filter((promise) => isPending(promise.deref()));
    return before;
  }

  get size(): number {
    return this.#promises.length;
  }
}

/** Read off its text, which changes nothing: to whom a promise's `then` was called, its rejection counts as handled. */
function isPending(promise: object | undefined): boolean {
  if (promise === undefined) return false;
  try {
    const text = inspect(promise, { depth: 0, customInspect: false, showProxy: true, maxArrayLength: 0 });
    return /^[^{]*\{\s*<pending>/.test(text);
  } catch {
    // what it rejected with cannot be read
    return false;
  }
}
