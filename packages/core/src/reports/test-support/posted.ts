import type { IncomingMessage, ServerResponse } from "node:http";
import type { RouteHandler } from "../../routes/handlers.ts";

/** A report, as it comes to a handler: parsed, of a client's address. */
export interface Posted {
  readonly address: string | undefined;
  readonly body?: unknown;
  /** What Express makes of the address. */
  readonly ip?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Posts without a wire, for more clients than a machine has addresses. @returns the answer's status */
export async function post(handler: RouteHandler, { address, body = {}, headers, ...more }: Posted): Promise<number> {
  const req = {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    socket: { remoteAddress: address },
    body,
    readableDidRead: true,
    complete: true,
    ...more,
  };
  const res = { statusCode: 0, headersSent: false, setHeader: () => {}, end: () => {} };
  await handler(req as unknown as IncomingMessage, res as unknown as ServerResponse);
  return res.statusCode;
}
