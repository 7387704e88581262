import type { BrowserOutcome, BrowserSpan } from "@aiwatch/core/reports-schema";
import { type Recorder, randomHex } from "./outbox.ts";

/** How an answer ended, as its reader saw it: whole, with an error, or broken off by the reader, who may have closed the page. */
export type AnswerOutcome = BrowserOutcome;

/**
 * One answer as its reader sees it. It begins when it is made.
 * @example
 * const answer = reporter.answer();
 * const response = await fetch("/chat", { method: "POST", headers: { traceparent: answer.traceparent }, body });
 */
export interface Answer {
  /** 32 hexadecimal digits: the trace that the server's spans of this answer are in. */
  readonly traceId: string;
  /** The header of the request: W3C trace context. */
  readonly traceparent: string;
  /** The first text is in the page, or on its way there in this turn. Later calls change nothing. */
  firstToken(): void;
  /**
   * Ends it. Only the first end counts. An answer that is open when its page goes has been aborted.
   * @param status the HTTP status of one that failed. Without it the network failed
   */
  end(outcome: AnswerOutcome, status?: number): void;
}

/** What is known of the page by all of its answers. */
export interface PageState {
  /** When it was last hidden, on the monotonic clock. */
  hiddenAt: number;
  /** It has been left, for good or for the back/forward cache. */
  isLeft: boolean;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** A trace, when what it is about began, and what is known of that. */
export interface Beginning {
  readonly traceparent: string;
  readonly traceId: string;
  /** On the monotonic clock; the span's own beginning is the wall clock's, which stands still for nobody's sleep. */
  readonly at: number;
  readonly span: Writable<BrowserSpan>;
}

export function beginning(kind: BrowserSpan["kind"] = "answer"): Beginning {
  const traceId = randomHex(16);
  const spanId = randomHex(8);
  const span = { kind, traceId, spanId, startedAt: Date.now(), durationMs: 0, outcome: "aborted" as const };
  return { traceId, traceparent: `00-${traceId}-${spanId}-01`, at: performance.now(), span };
}

/** An answer that knows more of its failure than a status, which the door makes a type of. */
export interface ObservedAnswer extends Answer {
  end(outcome: AnswerOutcome, status?: number, errorType?: string): void;
}

/** The answers of a page, and its other requests. */
export class Answers {
  readonly #record: Recorder;
  readonly #page: PageState;
  readonly #open = new Set<ObservedAnswer>();

  constructor(record: Recorder, page: PageState) {
    this.#record = record;
    this.#page = page;
  }

  begin({ traceId, traceparent, at, span }: Beginning = beginning()): ObservedAnswer {
    const answer: ObservedAnswer = {
      traceId,
      traceparent,
      firstToken: () => {
        if (span.firstTextMs !== undefined || !this.#open.has(answer)) return;
        const textAt = performance.now();
        span.firstTextMs = textAt - at;
        // a page in the background paints nothing: what is known is when the text was there
        whenPainted((paintedAt) => {
          if (this.#page.hiddenAt >= textAt) return;
          span.paintedMs = paintedAt - at;
          // it ended before: the same frame showed its end
          span.durationMs = Math.max(span.durationMs, span.paintedMs);
        });
      },
      end: (outcome, status = span.status, errorType) => {
        if (!this.#open.delete(answer)) return;
        Object.assign(span, { durationMs: performance.now() - at, outcome, status, errorType });
        // of a request that no server was told of, a failure alone is worth a word
        if (span.kind === "answer" || span.traceId || outcome === "failed") this.#record("spans", span);
      },
    };
    this.#open.add(answer);
    return answer;
  }

  /** The page goes. */
  abortAll(): void {
    for (const answer of this.#open) answer.end("aborted");
  }
}

export function isHidden(): boolean {
  return document.visibilityState === "hidden";
}

/** After the next frame: a message that is posted in it comes when it is painted. Never, where the page is hidden. */
function whenPainted(painted: (at: number) => void): void {
  if (isHidden()) return;
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      painted(performance.now());
    };
    port2.postMessage(0);
  });
}
