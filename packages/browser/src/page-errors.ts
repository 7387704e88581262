import type { Recorder } from "./outbox.ts";

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
        if (!message?.startsWith("ResizeObserver loop")) this.#uncaught(error, placeOf(filename, lineno, colno));
      },
      { signal },
    );
    addEventListener("unhandledrejection", ({ reason }) => this.#uncaught(reason, placeIn(reason)), { signal });
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

  #uncaught(error: unknown, place: string): void {
    const isError = error instanceof Error;
    if (isError && (error.name === "AbortError" || this.#known.has(error))) return;
    this.ignore(error);
    // what else is thrown may be anything, such as a user with a name
    const type = isError && /^[\w.:-]{1,64}$/.test(error.name) ? error.name : "unknown";
    const key = `${type} ${place}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.failed(type);
  }
}

/** `/app.js:12:5`, without query and hash; nothing of a script of another origin. */
function placeOf(script: string, line: number | string, column: number | string): string {
  if (!URL.canParse(script)) return "";
  const { origin, pathname } = new URL(script);
  return origin === location.origin ? `${pathname}:${line}:${column}` : "";
}

/** Where the first frame of its stack is. */
function placeIn(reason: unknown): string {
  if (!(reason instanceof Error)) return "";
  const [, script = "", line = "", column = ""] = /(https?:\/\/[^\s()]+):(\d+):(\d+)/.exec(reason.stack ?? "") ?? [];
  return placeOf(script, line, column);
}
