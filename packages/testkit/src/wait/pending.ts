import { TestRunner } from "vitest";

/** Enough on a quiet machine, whatever is left of a test's time. */
const leastMs = 10_000;

/** What a hook waits, whose own limit nobody tells: 60 s in the shortest project. */
const inHookMs = 50_000;

/** So that a wait fails before its test does, and says what it waited for. */
const marginMs = 2_000;

/** How long a wait takes that is told no limit, in milliseconds: as long as its test may still run. A loaded machine needs more than any fixed limit. */
export function patience(): number {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) return inHookMs;
  const startedAt = test.result?.startTime ?? Date.now();
  return Math.max(leastMs, test.timeout - (Date.now() - startedAt) - marginMs);
}

/** Waiting for a condition that events make true: `settle` looks again at every event, a deadline ends the wait. */
export class Pending<T> {
  readonly #waits = new Set<Wait<T>>();
  #ended: string | undefined;

  /** Resolves with the first defined answer of `look`, asked now and at every `settle()`. */
  async wait(look: () => T | undefined, timeoutMs: number, describe: () => string): Promise<T> {
    const present = look();
    if (present !== undefined) return present;
    if (this.#ended !== undefined) throw new Error(`${this.#ended} while waiting ${describe()}`);
    const { promise, resolve, reject } = deferred<T>();
    const timer = setTimeout(() => {
      this.#waits.delete(wait);
      reject(new Error(`waited ${timeoutMs} ms ${describe()}`));
    }, timeoutMs);
    const wait: Wait<T> = { look, resolve, reject, timer, describe };
    this.#waits.add(wait);
    return await promise;
  }

  /** Something happened: every wait looks again. */
  settle(): void {
    for (const wait of [...this.#waits]) {
      try {
        const found = wait.look();
        if (found !== undefined) this.#end(wait, () => wait.resolve(found));
      } catch (error) {
        this.#end(wait, () => wait.reject(error));
      }
    }
  }

  /** Nothing will happen any more: every wait still open fails, and every later one that finds nothing. */
  end(reason: string): void {
    this.#ended ??= reason;
    for (const wait of [...this.#waits]) {
      this.#end(wait, () => wait.reject(new Error(`${reason} while waiting ${wait.describe()}`)));
    }
  }

  #end(wait: Wait<T>, finish: () => void): void {
    clearTimeout(wait.timer);
    this.#waits.delete(wait);
    finish();
  }
}

interface Wait<T> {
  look: () => T | undefined;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
  describe: () => string;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
