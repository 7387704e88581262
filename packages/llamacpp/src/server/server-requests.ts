import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import { errorName } from "@aiwatch/core/adapter";

/** What came of one request. */
export interface Answer {
  /** The status; 0 where none came. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty unless the answer came whole. */
  readonly body: string;
  /** Why it cannot be used, as a predicate: "cannot be reached (ECONNREFUSED)". It names neither address nor key. */
  readonly fault?: string;
}

/** Asks the server for a path. Never rejects. */
export type Ask = (path: string) => Promise<Answer>;

/** How a server is asked. */
export interface Address {
  /** The URL, without a path of the API and without credentials. */
  readonly base: string;
  /** The header `authorization`. */
  readonly authorization: string | undefined;
  /** How long a reading may take, in milliseconds: for the words of a fault. */
  readonly timeoutMs: number;
}

/** More of an answer is not read: it would hold up the app's event loop to look at it. */
const mostBytes = 2 ** 20;

/**
 * Asks with connections of its own, each closed after its answer: llama-server has a thread for each connection that stays open. Redirects are
 * not followed, since the key would go with them.
 * @param signal ends what is under way
 */
export function askerOf(address: Address, signal: AbortSignal): Ask {
  const { base, authorization } = address;
  const headers = { accept: "*/*", "accept-encoding": "identity", ...(authorization && { authorization }) };
  const get = base.startsWith("https:") ? https.get : http.get;
  return (path) =>
    new Promise((resolve) => {
      const fail = (error: unknown) => resolve(failed(signal.aborted ? late(address) : unreachable(error)));
      try {
        let isAnswered = false;
        const request = get(base + path, { headers, agent: false, signal }, (response) => {
          isAnswered = true;
          collect(response, path, (answer) => resolve(signal.aborted ? failed(late(address)) : answer));
        });
        request.on("error", fail);
        // a protocol that was switched ends without an error
        request.on("close", () => !isAnswered && fail(undefined));
      } catch (error) {
        fail(error);
      }
    });
}

function collect(response: IncomingMessage, path: string, done: (answer: Answer) => void): void {
  const { statusCode: status = 0, headers } = response;
  const pieces: Buffer[] = [];
  let bytes = 0;
  response.on("data", (piece: Buffer) => {
    bytes += piece.length;
    pieces.push(piece);
    if (bytes > mostBytes) response.destroy();
  });
  // the close tells all: what broke off is not complete
  response.on("error", () => {});
  response.on("close", () => {
    const route = path.replace(/\?.*$/, "");
    if (bytes > mostBytes) done(failed(`answers ${route} with more than ${mostBytes} bytes`, status));
    else if (!response.complete) done(failed(`broke off its answer to ${route}`, status));
    else done(judged({ status, headers, body: Buffer.concat(pieces).toString() }));
  });
}

function judged(answer: Answer): Answer {
  const { status } = answer;
  if (isRefusal(answer)) return { ...answer, fault: `refuses the key, or wants one (${status})` };
  if (status >= 300 && status < 400) return { ...answer, fault: `redirects (${status}), which is not followed` };
  return answer;
}

/** Whether the server does not accept the key. */
export function isRefusal({ status }: Answer): boolean {
  return status === 401 || status === 403;
}

function failed(fault: string, status = 0): Answer {
  return { status, headers: {}, body: "", fault };
}

function late({ timeoutMs }: Address): string {
  return `did not answer within ${timeoutMs} ms`;
}

/** The error's code alone: its message holds the address. */
function unreachable(error: unknown): string {
  return error === undefined ? "gives no answer" : `cannot be reached (${errorName(error)})`;
}

/** The JSON of an answer that is a success; undefined for any other. */
export function jsonOf({ status, body, fault }: Answer): unknown {
  if (status !== 200 || fault !== undefined) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
