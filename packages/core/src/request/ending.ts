import type { Failure } from "../inference/record.ts";

/** The status that servers write down for a client that went away before its answer was complete. */
export const clientClosedRequest = 499;

/** How an exchange ended. */
export interface RequestEnding {
  readonly status: number;
  readonly aborted: boolean;
  readonly failure?: Failure | undefined;
  /** Whether the response said `finish`, which frameworks write their line at: even of an answer that was cut. */
  readonly finished: boolean;
}

/** Those of answers that were given to their end, by their status: most requests have one of a few. */
const completed = new Map<number, RequestEnding>();

/** The answer was given to its end. */
export function complete(status: number, finished: boolean): RequestEnding {
  if (!finished) return completeWith(status, finished);
  const known = completed.get(status);
  if (known !== undefined) return known;
  const ending = completeWith(status, finished);
  // an adapter's response may have any number
  if (completed.size < 100) completed.set(status, ending);
  return ending;
}

function completeWith(status: number, finished: boolean): RequestEnding {
  const type = failureType(status);
  return { status, aborted: false, failure: type === undefined ? undefined : Object.freeze({ type }), finished };
}

/** The client went away first. */
export function leftByClient(finished: boolean): RequestEnding {
  return { status: clientClosedRequest, aborted: true, failure: undefined, finished };
}

/** The server broke the answer off. Whatever status it sent before, the answer failed. @param sent the status that the client got, if any */
export function brokenOff(sent: number | undefined, finished: boolean): RequestEnding {
  return { status: sent ?? 500, aborted: false, failure: { type: "stream_failed" }, finished };
}

/** The app took the connection for something else, such as a WebSocket. */
export function handedOver(status: number): RequestEnding {
  return { status, aborted: false, failure: undefined, finished: false };
}

const failures: Readonly<Record<number, string>> = {
  500: "internal",
  502: "bad_gateway",
  503: "unavailable",
  504: "timeout",
};

function failureType(status: number): string | undefined {
  if (status < 500) return undefined;
  return failures[status] ?? "server_error";
}
