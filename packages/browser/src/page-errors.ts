import type { Recorder } from "./outbox.ts";

/** A fault of ours is nobody's: the call goes on without us. */
export function quietly<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** A page that fails all the time says so this often. */
const mostErrors = 50;

/**
 * The errors of a page: each once, by its class and its place; never its message, which may hold what was written. An abort is no error.
 */
export class PageErrors {
  readonly #record: Recorder;
  /** Class and place of those that were caught nowhere. */
  readonly #seen = new Set<string>();
  /** Those that are counted already: a fetch that fails mostly fails the promise that waits for it. */
  readonly #known = new WeakSet<object>();
  #count = 0;

  constructor(record: Recorder) {
    this.#record = record;
  }

  /** Watches for what is caught nowhere, until `signal` says no more. */
  watch(signal: AbortSignal): void {
    addEventListener(
      "error",
      ({ error, message, filename, lineno, colno }) => {
        // no failure: what was not observed in this frame is in the next
        if (!message?.startsWith("ResizeObserver loop")) this.#uncaught(error, () => `${filename}:${lineno}:${colno}`);
      },
      { signal },
    );
    addEventListener("unhandledrejection", ({ reason }) => this.#uncaught(reason, () => placeIn(reason)), { signal });
  }

  /** A fetch failed. */
  failed(type: string, status?: number): void {
    this.#count += 1;
    if (this.#count <= mostErrors) this.#record({ kind: "error", type, status, at: Date.now() });
  }

  /** It is counted elsewhere. */
  ignore(error: unknown): void {
    if (error instanceof Error) this.#known.add(error);
  }

  #uncaught(error: unknown, placed: () => string | undefined): void {
    const type = quietly(() => classOf(error)) ?? "unknown";
    if (type === "AbortError" || (error instanceof Error && this.#known.has(error))) return;
    this.ignore(error);
    const key = `${type} ${quietly(placed)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.failed(type);
  }
}

/** What is thrown and is no error may be anything, such as a user with a name. */
function classOf(error: unknown): string | undefined {
  return error instanceof Error && /^[\w.:-]{1,64}$/.test(error.name) ? error.name : undefined;
}

/** Where the first frame of its stack is. It tells two errors apart, and is sent nowhere. */
function placeIn(reason: unknown): string | undefined {
  return reason instanceof Error ? /\S+:\d+:\d+/.exec(reason.stack ?? "")?.[0] : undefined;
}
