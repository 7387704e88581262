import type { Failure } from "../inference/record.ts";

/** One ended HTTP request. Immutable; what is unknown is absent. */
export interface RequestRecord {
  readonly requestId: string;
  readonly method: string;
  /** The path as it was asked for, without its query. */
  readonly path: string;
  /** The route's template, `unmatched` where no route took it. */
  readonly route: string;
  /** The answer's status code; 499 where the client went away first. */
  readonly status: number;
  /** Arrival → close of the response, milliseconds of the process's monotonic clock. Unknown where the clock went back meanwhile. */
  readonly durationMs?: number;
  /**
   * Arrival → the first token of the first chat or completion inside it that is for the reader. Unknown where no token came before the close,
   * where the inference belongs to an instance with another clock, and for a WebSocket.
   */
  readonly requestFirstTokenMs?: number;
  /** The part of it before that inference was issued: parsing, retrieval, the app's own queue. */
  readonly beforeModelMs?: number;
  readonly startedAt: Date;
  readonly userAgent?: string;
  /** Whom the `userOf` option named. */
  readonly user?: string;
  /** The client went away before the answer was complete. */
  readonly aborted: boolean;
  readonly failure?: Failure;
  /** The app writes a line for it by itself, which names the ids: another one would say the same twice. */
  readonly logged: boolean;
  /** One of AIWatch's own routes: a scrape, a health poll. */
  readonly own: boolean;
  /** Whether a chat or completion for the reader ran inside it. */
  readonly chat: boolean;
  readonly traceId?: string;
  readonly spanId?: string;
  /** Whether its trace is sampled: one that is not will be found nowhere. */
  readonly sampled?: boolean;
}

/** The route of a request that none of the app's took. */
export const unmatched = "unmatched";

/** What is counted of an ended request. A record has it, and so has an observed request, which makes its record when somebody wants that. */
export type RequestFigures = {
  readonly [Key in Counted]: RequestRecord[Key];
} & {
  readonly [Key in CountedWhereKnown]?: RequestRecord[Key] | undefined;
};

type Counted = "method" | "route" | "status" | "aborted" | "own" | "chat";
type CountedWhereKnown =
  | "durationMs"
  | "requestFirstTokenMs"
  | "beforeModelMs"
  | "failure"
  | "traceId"
  | "spanId"
  | "sampled";

/** An observed request that is over. */
export interface EndedRequest extends RequestFigures {
  /** A frozen record of it, for observers. */
  record(): RequestRecord;
}
