import type { Failure } from "../inference/record.ts";

/** The status that servers write down for a client that went away before its answer was complete. */
export const clientClosedRequest = 499;

/** How an exchange ended. */
export interface RequestEnding {
  readonly status: number;
  readonly aborted: boolean;
  readonly failure?: Failure;
  /** Whether the response said `finish`, which frameworks write their line at: even of an answer that was cut. */
  readonly finished: boolean;
}

/** Whom an exchange reports its end to. Nothing of it may throw. */
export interface ExchangeEnd {
  /** The response is about to say `finish` to the app's listeners. */
  finishing(): void;
  /** It is over. */
  ended(ending: RequestEnding): void;
}

/** The answer was given to its end. */
export function complete(status: number, finished: boolean): RequestEnding {
  const type = failureType(status);
  return { status, aborted: false, ...(type !== undefined && { failure: { type } }), finished };
}

/** The client went away first. */
export function leftByClient(finished: boolean): RequestEnding {
  return { status: clientClosedRequest, aborted: true, finished };
}

/** The server broke the answer off. Whatever status it sent before, the answer failed. @param sent the status that the client got, if any */
export function brokenOff(sent: number | undefined, finished: boolean): RequestEnding {
  return { status: sent ?? 500, aborted: false, failure: { type: "stream_failed" }, finished };
}

/** The app took the connection for something else, such as a WebSocket. */
export function handedOver(status: number): RequestEnding {
  return { status, aborted: false, finished: false };
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
