import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { ExchangeEnd } from "./ending.ts";
import { ResponseEnd } from "./response-end.ts";
import { StreamEnd } from "./stream-end.ts";

/**
 * Calls `ended` exactly once, when the exchange is over, whichever way its transport has of saying so: HTTP/2 by the stream, HTTP/1 by the
 * response or, where nobody closes that, by its connection, an adapter's by `finish` alone.
 */
export function onceEnded(req: IncomingMessage, res: ServerResponse, end: ExchangeEnd): void {
  const stream = streamOf(res);
  if (stream === undefined) new ResponseEnd(req, res, end).watch();
  else new StreamEnd(stream, res, end).watch();
}

function streamOf(res: ServerResponse): ServerHttp2Stream | undefined {
  const stream: unknown = "stream" in res ? res.stream : undefined;
  return typeof stream === "object" && stream !== null && "rstCode" in stream
    ? (stream as ServerHttp2Stream)
    : undefined;
}
