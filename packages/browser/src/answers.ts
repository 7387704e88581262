import type { AnswerFact, Recorder } from "./outbox.ts";

/** How an answer ended, as its reader saw it: whole, with an error, or broken off by the reader, who may have closed the page. */
export type AnswerOutcome = "answered" | "failed" | "aborted";

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

/** A trace, and when what it is about began. */
export interface Beginning {
  readonly traceId: string;
  readonly traceparent: string;
  readonly at: number;
}

export function beginning(): Beginning {
  const traceId = randomHex(16);
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-01`, at: performance.now() };
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  // all zeros would be no id
  random[0] ||= 1;
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The types that core knows, by status. */
export function errorTypeOf(status: number | undefined): string {
  if (status === undefined) return "network";
  if (status === 429) return "rate_limited";
  if (status === 408 || status === 504) return "timeout";
  return status >= 500 ? "server_error" : "unknown";
}

/** An answer that knows more of its failure than a status. */
export interface ObservedAnswer extends Answer {
  end(outcome: AnswerOutcome, status?: number, type?: string): void;
}

/** The answers of a page. */
export class Answers {
  readonly #record: Recorder;
  readonly #page: PageState;
  readonly #open = new Set<ObservedAnswer>();

  constructor(record: Recorder, page: PageState) {
    this.#record = record;
    this.#page = page;
  }

  begin({ traceId, traceparent, at }: Beginning = beginning()): ObservedAnswer {
    const fact: AnswerFact = { kind: "answer", traceId };
    const answer: ObservedAnswer = {
      traceId,
      traceparent,
      firstToken: () => {
        if (fact.firstTokenMs !== undefined || !this.#open.has(answer)) return;
        const textAt = performance.now();
        fact.firstTokenMs = textAt - at;
        // a page in the background paints nothing: what is known is when the text was there
        whenPainted((paintedAt) => {
          if (this.#page.hiddenAt >= textAt) return;
          const paintedMs = paintedAt - at;
          fact.firstTokenMs = paintedMs;
          // it ended before: the same frame showed its end
          if (fact.responseMs !== undefined) fact.responseMs = Math.max(fact.responseMs, paintedMs);
        });
      },
      end: (outcome, status, type = errorTypeOf(status)) => {
        if (!this.#open.delete(answer)) return;
        if (outcome === "answered") fact.responseMs = performance.now() - at;
        if (outcome === "failed") this.#record({ kind: "error", type, status, at: Date.now() });
        if ((fact.firstTokenMs ?? fact.responseMs) !== undefined) this.#record(fact);
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
