import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers one request, or throws the `HttpError` to answer it with. */
export type Answer = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** Answers with JSON that no cache keeps. */
export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.statusCode = status;
  res.setHeader("content-type", "application/json; charset=utf-8");
  res.setHeader("cache-control", "no-store");
  const text = `${JSON.stringify(body)}\n`;
  if (res.req?.method !== "HEAD") return void res.end(text);
  // adapters may give a response without its request; a server with `rejectNonStandardBodyWrites` throws at a body that HEAD does not send
  res.setHeader("content-length", Buffer.byteLength(text));
  res.end();
}

const brand = Symbol.for("@aiwatch/core/http-error");

/** An answer that is an error: its status, and a message that the client can act on. */
export class HttpError extends Error {
  readonly [brand] = true;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Whether it is one of ours, of whatever copy of this package. */
export function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && brand in error;
}

export function sendHttpError(res: ServerResponse, error: HttpError): void {
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
  sendJson(res, error.status, { error: error.message });
}
