/**
 * What a page sends to `POST /aiwatch/browser`, for whoever writes it and whoever takes it, a browser included: nothing here needs Node. At most
 * 64 KiB of JSON. A field that is not known is left out by the door; one that is wrong has the whole batch refused.
 */

/** The number of this shape. */
export const browserReportSchema = 1;

/** A batch of what a page saw. */
export interface BrowserReport {
  readonly schema: typeof browserReportSchema;
  /** 16 hexadecimal digits that no other batch has: one that is sent again counts once. */
  readonly id: string;
  /** `service.name` of the batch's spans: letters, digits, blanks and `._:/@+-`, at most 64. */
  readonly service?: string | undefined;
  /** `service.version` of the batch's spans, of the same characters. */
  readonly release?: string | undefined;
  /** At most 100. */
  readonly spans?: readonly BrowserSpan[];
  /** At most 100. */
  readonly errors?: readonly BrowserError[];
  /** At most 100. */
  readonly vitals?: readonly BrowserVital[];
}

/** How a reader's answer or a page's request ended: whole, with an error, or broken off by the reader, who may have left the page. */
export type BrowserOutcome = "answered" | "failed" | "aborted";

/** One answer as its reader saw it, or another request of the page: an answer counts in the metrics, a request only where it failed. */
export interface BrowserSpan {
  readonly kind: "answer" | "request";
  /** 32 hexadecimal digits. Absent, like `spanId`, where no server was told of the trace: then no span is made of it. */
  readonly traceId?: string | undefined;
  /** The parent id of the `traceparent` that the page sent: 16 hexadecimal digits. */
  readonly spanId?: string | undefined;
  /** Epoch milliseconds, by the page's wall clock, which may be wrong by years. */
  readonly startedAt: number;
  /** From the beginning to the end; of a request to the head of its response. These durations are of the page's monotonic clock. */
  readonly durationMs: number;
  /** From the beginning to the arrival of the first text. */
  readonly firstTextMs?: number | undefined;
  /** From the beginning to the frame that showed the first text. Absent in a page in the background, which paints nothing. */
  readonly paintedMs?: number | undefined;
  readonly outcome: BrowserOutcome;
  /** The HTTP status; 429 and 503 are refusals. Absent where no response came. */
  readonly status?: number | undefined;
  /** Of one that failed, in 1 to 64 of letters, digits and `_.:-`. Without it the door takes it from the status. */
  readonly errorType?: string | undefined;
}

/** An error that was caught nowhere. Its message is in none of it. */
export interface BrowserError {
  /** Its class, in 1 to 64 of letters, digits and `_.:-`. */
  readonly type: string;
  /** The script's path, line and column, in at most 200 characters of ASCII without blanks. */
  readonly place?: string | undefined;
}

/** A web vital that is a time. */
export interface BrowserVital {
  readonly name: "TTFB" | "FCP" | "LCP" | "INP";
  /** Milliseconds, at most one hour. */
  readonly ms: number;
}
