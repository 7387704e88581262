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
 * The errors of a page that are caught nowhere: each once, by its class and its place; never its message, which may hold what was written. An
 * abort is no error.
 */
export class PageErrors {
  readonly #record: Recorder;
  /** Class and place. */
  readonly #seen = new Set<string>();
  /** Those that are counted already: a fetch that fails mostly fails the promise that waits for it. */
  readonly #known = new WeakSet<object>();

  constructor(record: Recorder) {
    this.#record = record;
  }

  /** Watches for what is caught nowhere, until `signal` says no more. */
  watch(signal: AbortSignal): void {
    addEventListener(
      "error",
      ({ error, message, filename, lineno, colno }) => {
        // no failure: what was not observed in this frame is in the next
        if (!message?.startsWith("ResizeObserver loop")) this.#uncaught(error, `${filename}:${lineno}:${colno}`);
      },
      { signal },
    );
    addEventListener("unhandledrejection", ({ reason }) => this.#uncaught(reason), { signal });
  }

  /** It is counted elsewhere. */
  ignore(error: unknown): void {
    if (error instanceof Error) this.#known.add(error);
  }

  #uncaught(error: unknown, at?: string): void {
    const type = quietly(() => classOf(error)) ?? "unknown";
    if (type === "AbortError" || (error instanceof Error && this.#known.has(error))) return;
    this.ignore(error);
    // most stacks begin with the message
    const place = quietly(() => placeOf(at ?? (error as Error).stack?.replace((error as Error).message, "")));
    const key = `${type} ${place}`;
    if (this.#seen.has(key) || this.#seen.size >= mostErrors) return;
    this.#seen.add(key);
    this.#record("errors", { type, place });
  }
}

/** What is thrown and is no error may be anything, such as a user with a name. */
function classOf(error: unknown): string | undefined {
  return error instanceof Error && /^[\w.:-]{1,64}$/.test(error.name) ? error.name : undefined;
}

/** The first script, line and column in a text. Of an address only its path, and of the page's own nothing: it may name who reads it. */
function placeOf(text = ""): string | undefined {
  const [, address = "", position] = /(\w+:\/\/\S*?)(:\d+:\d+)/.exec(text) ?? [];
  if (position === undefined) return undefined;
  const { pathname } = new URL(address);
  return (pathname === location.pathname ? "page" : pathname.slice(-180)) + position;
}
