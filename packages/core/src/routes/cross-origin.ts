import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Lets the pages of listed origins read the answer, and answers their preflights.
 * @returns whether the request was a preflight and is answered
 */
export function crossOrigin(req: IncomingMessage, res: ServerResponse, allowed: readonly string[] = []): boolean {
  const { origin } = req.headers;
  if (origin === undefined || !allowed.includes(origin)) return false;
  res.setHeader("access-control-allow-origin", origin);
  res.setHeader("vary", "origin");
  if (req.method !== "OPTIONS") return false;
  res.setHeader("access-control-allow-methods", "POST");
  res.setHeader("access-control-allow-headers", "content-type, traceparent, tracestate");
  res.setHeader("access-control-max-age", "600");
  res.statusCode = 204;
  res.end();
  return true;
}
