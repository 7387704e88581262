import { type Clock, elapsedMs } from "../base/time.ts";

/**
 * How the wait for a request's first token ended, in milliseconds since the request arrived. What is unknown is absent.
 */
export interface ReaderWait {
  /** Arrival → the first token. */
  readonly requestFirstTokenMs?: number;
  /** Arrival → the inference with that token was issued. */
  readonly beforeModelMs?: number;
  /** Arrival → the close of the request, where it came before a token. */
  readonly leftAfterMs?: number;
}

/** A request whose reader waits for the first token of an answer. One of another release has no arrival. */
export interface AwaitedRequest {
  /** When it came to its door, by `clock`. */
  readonly arrivedAt?: number;
  /** The clock of the door's instance. Undefined where the arrival is not the moment of a question: a WebSocket's first one comes later. */
  readonly clock?: Clock | undefined;
  /** Undefined while the wait goes on. */
  wait?: ReaderWait | undefined;
  readonly chat: boolean;
}

/** Times by two clocks, or by one that went back. */
const unknown: ReaderWait = Object.freeze({});

/**
 * The first token of an inference came. The first one inside a request ends the wait, once; one after the close ends none, since nobody reads it.
 * @param clock by which the inference's moments were read
 * @returns the wait, where it ends here
 */
export function firstTokenCame(
  request: AwaitedRequest,
  clock: Clock,
  issuedAt: number,
  tokenAt: number | undefined,
): ReaderWait | undefined {
  if (request.wait !== undefined) return undefined;
  request.wait = request.clock === clock ? waitUntil(request.arrivedAt, issuedAt, tokenAt) : unknown;
  return request.wait;
}

function waitUntil(arrivedAt: number | undefined, issuedAt: number, tokenAt: number | undefined): ReaderWait {
  const beforeModelMs = elapsedMs(arrivedAt, issuedAt);
  const requestFirstTokenMs = elapsedMs(arrivedAt, tokenAt);
  const isInOrder = beforeModelMs !== undefined && elapsedMs(issuedAt, tokenAt) !== undefined;
  return isInOrder && requestFirstTokenMs !== undefined ? { requestFirstTokenMs, beforeModelMs } : unknown;
}

/** The request is closed: whoever waited for a token is gone. */
export function readerLeft(request: AwaitedRequest): void {
  if (!request.chat || request.wait !== undefined) return;
  const leftAfterMs = elapsedMs(request.arrivedAt, request.clock?.now());
  request.wait = leftAfterMs === undefined ? unknown : { leftAfterMs };
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
export function judgedWait(request: AwaitedRequest, clock: Clock, own: ReaderWait | undefined): JudgedWait | undefined {
  if (request.clock !== clock) return undefined;
  const { arrivedAt, wait } = request;
  if (own !== undefined) return { ms: own.requestFirstTokenMs, until: "token" };
  if (wait === undefined) return { ms: elapsedMs(arrivedAt, clock.now()), until: "end" };
  return wait.leftAfterMs === undefined ? undefined : { ms: wait.leftAfterMs, until: "close" };
}
