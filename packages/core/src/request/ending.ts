import type { IncomingMessage, ServerResponse } from "node:http";
import type { Failure } from "../inference/record.ts";

/** The status that servers write down for a client that went away before its answer was complete. */
export const clientClosedRequest = 499;

/** How an exchange ended. */
export interface RequestEnding {
  readonly status: number;
  readonly aborted: boolean;
  readonly failure?: Failure;
}

/** Judges a closed response: complete, left by its client, or destroyed by its server. */
export function endingOf(req: IncomingMessage, res: ServerResponse): RequestEnding {
  if (isComplete(res)) return completed(res.statusCode);
  if (closedByClient(req, res)) return { status: clientClosedRequest, aborted: true };
  // the connection was destroyed in mid-answer: whatever status was sent before, this answer failed
  return { status: res.headersSent ? res.statusCode : 500, aborted: false, failure: { type: "stream_failed" } };
}

/**
 * Whether the answer was given to its end. The responses of Fastify's `inject()` have no connection, and never say that they are written.
 */
export function isComplete(res: ServerResponse): boolean {
  return res.writableFinished || ("isLightMyRequest" in res && res.writableEnded);
}

function completed(status: number): RequestEnding {
  const type = failureType(status);
  return { status, aborted: false, ...(type !== undefined && { failure: { type } }) };
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

/**
 * A client that leaves ends its side of the socket or resets it; a server that destroys the connection does neither. The error that it may
 * destroy it with is its own: the network's have a code.
 */
function closedByClient({ socket }: IncomingMessage, res: ServerResponse): boolean {
  if (res.errored && !isLeftInQueue(res.errored, socket)) return false;
  return socket.readableEnded === true || codeOf(socket.errored) !== undefined;
}

/** Node's own error for a pipelined request whose client left before its turn; one that the server destroys with is the socket's, too. */
function isLeftInQueue(error: Error, { errored }: IncomingMessage["socket"]): boolean {
  return error !== errored && error.message === "aborted" && codeOf(error) === "ECONNRESET";
}

function codeOf(error: Error | null | undefined): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
