import type { BrowserError, BrowserReport, BrowserSpan, BrowserVital } from "@aiwatch/core/reports-schema";

/** What a page saw, by the list of a batch that it belongs in. A span may still become exact after it is recorded: it is read when it is sent. */
interface Seen {
  readonly spans: BrowserSpan;
  readonly errors: BrowserError;
  readonly vitals: BrowserVital;
}

/** Takes what was seen; where it goes, and when, is its own affair. */
export type Recorder = <List extends keyof Seen>(list: List, seen: Seen[List]) => void;

export interface OutboxOptions {
  readonly fetch: typeof fetch;
  readonly url: string;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly about: Pick<BrowserReport, "service" | "release">;
}

/** Chromium lets a page have 65,536 bytes of requests under way that outlive it, the app's own among them. */
const outlivingBytes = 60_000;
/** Of a page that is offline, or whose server takes nothing. As many of the longest are 50,000 bytes. */
const mostKept = 100;
/** Batches that wait to go once more: of a connection that breaks each time. */
const mostParcels = 10;
/** The page has its own requests to send first. */
const delayMs = 1000;
/** Of requests alone: a page that polls would have twice as many otherwise. */
const requestDelayMs = 5000;
const retryMs = 5000;
const timeoutMs = 30_000;
const longestPauseMs = 3_600_000;

/** A batch as it is sent, and sent again: the door knows it by its id. */
interface Parcel {
  readonly body: string;
  isRetry?: boolean;
}

/** So many bytes as hexadecimal digits. */
export function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  // all zeros would be no id
  random[0] ||= 1;
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Keeps what was seen until it is sent, in one batch. Bounded: the oldest is dropped. A batch that fails is sent once more. No fault leaves it.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #kept: [list: keyof Seen, seen: object][] = [];
  readonly #parcels: Parcel[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  /** Bytes under way that outlive the page. */
  #outliving = 0;
  /** Nothing is sent by itself before, on the monotonic clock. */
  #pausedUntil = 0;
  /** The server asked for the pause: a page that is left keeps to it, too. */
  #isAsked = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  readonly add: Recorder = (list, seen) => {
    if (this.#isClosed) return;
    this.#kept.push([list, seen]);
    if (this.#kept.length > mostKept) this.#kept.shift();
    this.#schedule((seen as BrowserSpan).kind === "request" ? requestDelayMs : delayMs);
  };

  /**
   * Sends all that is kept, at once, unless the server asked for a pause.
   * @param isLeaving the page goes: what fails then may have arrived, and is not sent again
   */
  async flush(isLeaving = false): Promise<void> {
    if (!isOnline() || (this.#isAsked && this.#pauseMs() > 0)) return this.#schedule(0);
    if (this.#kept.length > 0) this.#parcels.push({ body: this.#batch() });
    await Promise.all(this.#parcels.splice(0).map((parcel) => this.#send(parcel, isLeaving)));
  }

  /** Sends what is kept, and takes nothing more. */
  close(): void {
    void this.flush(true);
    this.#isClosed = true;
  }

  #batch(): string {
    const lists: Record<string, object[]> = {};
    for (const [list, seen] of this.#kept.splice(0)) {
      lists[list] ??= [];
      lists[list].push(seen);
    }
    const report: BrowserReport = { schema: 1, id: randomHex(8), ...this.#options.about, ...lists };
    return JSON.stringify(report);
  }

  #schedule(ms: number): void {
    if (!isOnline()) return;
    const due = () => {
      this.#timer = undefined;
      void this.flush();
    };
    this.#timer ??= setTimeout(due, Math.max(ms, this.#pauseMs()));
  }

  #pauseMs(): number {
    return this.#pausedUntil - performance.now();
  }

  async #send(parcel: Parcel, isLeaving: boolean): Promise<void> {
    const { body } = parcel;
    // of ASCII alone: a character is a byte
    const bytes = this.#outliving + body.length > outlivingBytes ? 0 : body.length;
    this.#outliving += bytes;
    try {
      const { fetch, url, headers } = this.#options;
      const response = await fetch(`${url}/aiwatch/browser`, {
        method: "POST",
        headers: { ...headers(), "content-type": "application/json" },
        body,
        keepalive: bytes > 0,
        signal: AbortSignal.timeout(timeoutMs),
      });
      // DevTools show a request as cancelled whose answer nobody read
      await response.text();
      if (response.status === 429 || response.status >= 500) this.#retry(parcel, response.headers.get("retry-after"));
    } catch {
      if (!isOnline()) this.#keep(parcel);
      else if (!isLeaving) this.#retry(parcel);
    } finally {
      this.#outliving -= bytes;
    }
  }

  /** @param retryAfter seconds, as core's door says it; a date would be the server's clock */
  #retry(parcel: Parcel, retryAfter?: string | null): void {
    const askedMs = Number(retryAfter) * 1000;
    this.#isAsked = askedMs > 0;
    this.#pausedUntil = performance.now() + (this.#isAsked ? Math.min(askedMs, longestPauseMs) : retryMs);
    if (parcel.isRetry) return;
    parcel.isRetry = true;
    this.#keep(parcel);
  }

  #keep(parcel: Parcel): void {
    if (this.#isClosed) return;
    if (this.#parcels.push(parcel) > mostParcels) this.#parcels.shift();
    this.#schedule(retryMs);
  }
}

/** False alone where the browser is sure that nothing can be sent. */
function isOnline(): boolean {
  return navigator.onLine !== false;
}
