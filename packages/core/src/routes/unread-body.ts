import type { IncomingMessage, ServerResponse } from "node:http";
import { nextTurn } from "../base/time.ts";

/** The most that a posted report may hold. */
export const bodyLimitBytes = 8192;

/**
 * Stops a body that nobody wants from being sent to its end, which Node would wait for to use the connection again: HTTP/1 closes it with the
 * answer, HTTP/2 asks for this stream alone to stop. Called before the answer's head is written. A small body is left to Node, and one that has
 * arrived: Node has handed on the requests behind it then, and they could not be answered any longer.
 * @param slow it did not come in its time: a small one is not waited for either
 */
export async function leaveBody(req: IncomingMessage, res: ServerResponse, slow = false): Promise<void> {
  if (res.headersSent || req.complete) return;
  if (isHttp2(res)) return leaveStream(res);
  if (!slow && !mayBeLong(req)) return;
  // what came with the head is read in this turn
  await nextTurn();
  if (!req.complete && !res.headersSent) res.setHeader("connection", "close");
}

function mayBeLong({ headers }: IncomingMessage): boolean {
  const declared = headers["content-length"];
  return (
    headers["transfer-encoding"] !== undefined || (declared !== undefined && !(Number(declared) <= bodyLimitBytes))
  );
}

/** What is needed of `http2`'s stream: its responses fit the types of HTTP/1. */
interface Stream {
  readonly endAfterHeaders: boolean;
  readonly readableFlowing: boolean | null;
  close(code: number): void;
  once(event: "finish", listener: () => void): void;
}

type Http2Response = ServerResponse & { readonly stream?: Stream };

function isHttp2(res: Http2Response): res is Http2Response & { readonly stream: Stream } {
  return typeof res.stream === "object" && "endAfterHeaders" in res.stream;
}

/** With no error, as RFC 9113 has it: the answer is whole. */
function leaveStream(res: ServerResponse & { readonly stream: Stream }): void {
  const { stream } = res;
  // Node itself stops a stream that nobody read of, and the response says `finish` when it has; of one that was read in part it never does
  if (!stream.endAfterHeaders)
    stream.once("finish", () => {
      if (stream.readableFlowing !== null) stream.close(0);
    });
}
