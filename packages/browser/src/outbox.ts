/** What a page saw, in the words of nobody's door. Durations are of the page's monotonic clock; `at` is epoch milliseconds. */
export type Fact = AnswerFact | ErrorFact | VitalFact;

/** Its figures may still become exact after it is recorded: they are read when it is sent. */
export interface AnswerFact {
  readonly kind: "answer";
  readonly traceId: string;
  /** From the beginning to the frame that showed the first text. */
  firstTokenMs?: number;
  /** From the beginning to the end. Unknown of an answer that did not come to its end. */
  responseMs?: number;
}

export interface ErrorFact {
  readonly kind: "error";
  readonly type: string;
  readonly status?: number | undefined;
  readonly at: number;
}

export interface VitalFact {
  readonly kind: "vital";
  readonly name: string;
  readonly ms: number;
}

/** Takes what was seen; where it goes, and when, is its own affair. */
export type Recorder = (fact: Fact) => void;

export interface OutboxOptions {
  readonly fetch: typeof fetch;
  readonly url: string;
  readonly headers: () => Readonly<Record<string, string>>;
}

/** Chromium lets a page have 65,536 bytes of requests under way that outlive it, the app's own among them. */
const outlivingBytes = 60_000;
/** Of a page that is offline, or whose server takes nothing. */
const mostKept = 100;
/** The page has its own requests to send first. */
const delayMs = 1000;
const retryMs = 5000;
const timeoutMs = 30_000;
const longestPauseMs = 3_600_000;

interface Parcel {
  readonly fact: Fact;
  isRetry?: boolean;
}

/** The two doors of core: one report a message. */
function messageOf(fact: Fact): [path: string, body: object] {
  if (fact.kind === "error")
    return [
      "/metrics/error",
      { error_type: fact.type, status_code: fact.status, timestamp: new Date(fact.at).toISOString() },
    ];
  if (fact.kind === "vital") return ["/metrics/log", { web_vitals: { [fact.name]: fact.ms } }];
  const { traceId, firstTokenMs, responseMs } = fact;
  return ["/metrics/log", { message_id: traceId, time_to_first_token_ms: firstTokenMs, response_time_ms: responseMs }];
}

/**
 * Keeps what was seen until it is sent: one after the other while the page is used, all at once when it may go. Bounded: the oldest is dropped.
 * A message that fails is sent once more. No fault leaves it.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #kept: Parcel[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDraining = false;
  #isClosed = false;
  /** Bytes under way that outlive the page. */
  #outliving = 0;
  /** Nothing is sent before, on the monotonic clock. */
  #pausedUntil = 0;
  /** The server asked for the pause: a page that is left keeps to it, too. */
  #isAsked = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  add(fact: Fact): void {
    if (this.#isClosed) return;
    this.#kept.push({ fact });
    this.#bound();
    this.#schedule(delayMs);
  }

  /**
   * Sends all that is kept, at once, unless the server asked for a pause.
   * @param isLeaving the page goes: what fails then may have arrived, and is not sent again
   */
  async flush(isLeaving = false): Promise<void> {
    const isRefused = this.#isAsked && this.#pauseMs() > 0;
    if (!isRefused && isOnline())
      await Promise.all(this.#kept.splice(0).map((parcel) => this.#send(parcel, isLeaving)));
  }

  /** Sends what is kept, one after the other. */
  readonly drain = async (): Promise<void> => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isDraining) return;
    this.#isDraining = true;
    while (this.#kept.length > 0 && this.#pauseMs() <= 0 && isOnline()) await this.#send(this.#kept.shift() as Parcel);
    this.#isDraining = false;
    if (this.#kept.length > 0 && isOnline()) this.#schedule(this.#pauseMs());
  };

  /** Sends what is kept, and takes nothing more. */
  close(): void {
    clearTimeout(this.#timer);
    void this.flush(true);
    this.#isClosed = true;
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(this.drain, Math.max(ms, this.#pauseMs()));
  }

  #pauseMs(): number {
    return this.#pausedUntil - performance.now();
  }

  async #send(parcel: Parcel, isLeaving = false): Promise<void> {
    let bytes = 0;
    try {
      const { fetch, url, headers } = this.#options;
      const [path, message] = messageOf(parcel.fact);
      // of ASCII alone: a character is a byte
      const body = JSON.stringify(message);
      const keepalive = this.#outliving + body.length <= outlivingBytes;
      if (keepalive) bytes = body.length;
      this.#outliving += bytes;
      const response = await fetch(url + path, {
        method: "POST",
        headers: { ...headers(), "content-type": "application/json" },
        body,
        keepalive,
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

  #retry(parcel: Parcel, retryAfter?: string | null): void {
    const askedMs = waitMsOf(retryAfter ?? "");
    this.#isAsked = askedMs > 0;
    this.#pausedUntil = performance.now() + (this.#isAsked ? Math.min(askedMs, longestPauseMs) : retryMs);
    if (parcel.isRetry) return;
    parcel.isRetry = true;
    this.#keep(parcel);
  }

  #keep(parcel: Parcel): void {
    if (this.#isClosed) return;
    this.#kept.unshift(parcel);
    this.#bound();
    if (isOnline()) this.#schedule(retryMs);
  }

  #bound(): void {
    while (this.#kept.length > mostKept) this.#kept.shift();
  }
}

/** Seconds, or a date: that is the server's clock, and may be wrong by what the two clocks differ. */
function waitMsOf(retryAfter: string): number {
  const seconds = Number(retryAfter);
  return Number.isNaN(seconds) ? Date.parse(retryAfter) - Date.now() : seconds * 1000;
}

/** False alone where the browser is sure that nothing can be sent. */
function isOnline(): boolean {
  return navigator.onLine !== false;
}
