import { type Clock, elapsedMs } from "../base/time.ts";

/**
 * A reader's wait for the first token of a request: while it goes on the clock of the request's arrival, then how it ended, in milliseconds since
 * the arrival. What is unknown is absent.
 */
export interface ReaderWait {
  /** Of the instance that the request came to, which keeps one such wait for all of its requests. Absent once the wait is over. */
  readonly clock?: Clock;
  /** Arrival → the first token. */
  readonly requestFirstTokenMs?: number;
  /** Arrival → the inference with that token was issued. */
  readonly beforeModelMs?: number;
  /** Arrival → the close of the request, where it came before a token. */
  readonly leftAfterMs?: number;
}

/** A request whose reader waits for the first token of an answer. One of another release has no arrival, and no wait. */
export interface AwaitedRequest {
  /** When it came to its door. */
  readonly arrivedAt?: number;
  wait?: ReaderWait | undefined;
  readonly chat: boolean;
}

/** Over, and nobody knows how long it was: by times of two clocks, or of one that went back; or the arrival is no moment of a question. */
export const unknownWait: ReaderWait = Object.freeze({});

/**
 * The first token of an inference came. The first one inside a request ends the wait, once; one after the close ends none, since nobody reads it.
 * @param clock by which the inference's moments were read
 * @returns the wait, where it ends here, by the same clock
 */
export function firstTokenCame(
  request: AwaitedRequest,
  clock: Clock,
  issuedAt: number,
  tokenAt: number | undefined,
): ReaderWait | undefined {
  const arrivalClock = request.wait?.clock;
  if (arrivalClock === undefined) return undefined;
  request.wait = arrivalClock === clock ? waitUntil(request.arrivedAt, issuedAt, tokenAt) : unknownWait;
  return arrivalClock === clock ? request.wait : undefined;
}

function waitUntil(arrivedAt: number | undefined, issuedAt: number, tokenAt: number | undefined): ReaderWait {
  const beforeModelMs = elapsedMs(arrivedAt, issuedAt);
  const requestFirstTokenMs = elapsedMs(arrivedAt, tokenAt);
  const isInOrder = beforeModelMs !== undefined && elapsedMs(issuedAt, tokenAt) !== undefined;
  return isInOrder && requestFirstTokenMs !== undefined ? { requestFirstTokenMs, beforeModelMs } : unknownWait;
}

/** The request is closed: whoever waited for a token is gone. */
export function readerLeft(request: AwaitedRequest): void {
  const clock = request.wait?.clock;
  if (!request.chat || clock === undefined) return;
  const leftAfterMs = elapsedMs(request.arrivedAt, clock.now());
  request.wait = leftAfterMs === undefined ? unknownWait : { leftAfterMs };
}

/** How long a reader waited, as an ended inference is judged by it. */
export interface JudgedWait {
  /** In milliseconds since the request arrived; undefined where nobody knows. */
  readonly ms: number | undefined;
  /** `token`: to the inference's first token. `end`, `close`: to the inference's end or the request's close, and no token had come by then. */
  readonly until: "token" | "end" | "close";
}

/**
 * The wait that an ended inference is judged by.
 * @param own the wait that its own first token ended
 * @returns undefined where no arrival is known by this clock, and where the token of another inference ended the wait
 */
export function judgedWait(
  { arrivedAt, wait }: AwaitedRequest,
  clock: Clock,
  own: ReaderWait | undefined,
): JudgedWait | undefined {
  if (own !== undefined) return { ms: own.requestFirstTokenMs, until: "token" };
  if (wait?.clock === clock) return { ms: elapsedMs(arrivedAt, clock.now()), until: "end" };
  return wait?.leftAfterMs === undefined ? undefined : { ms: wait.leftAfterMs, until: "close" };
}
