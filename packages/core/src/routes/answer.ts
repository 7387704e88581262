import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers one request, or throws the refusal to answer it with. */
export type Answer = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** Answers with JSON that nobody may keep. */
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

const refusalBrand = Symbol.for("@aiwatch/core/refusal");

/** A refusal, in words that the caller can act on. */
export class Refusal extends Error {
  readonly [refusalBrand] = true;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Whether an error is a refusal, of whatever copy of this package. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && refusalBrand in error;
}

export function sendRefusal(res: ServerResponse, refusal: Refusal): void {
  for (const [name, value] of Object.entries(refusal.headers)) res.setHeader(name, value);
  sendJson(res, refusal.status, { error: refusal.message });
}
