import { context, propagation } from "@opentelemetry/api";
import { sharedState } from "../state.ts";

/**
 * The headers that tell a server which trace a request belongs to, for requests that `fetch` does not make:
 * `http.request(url, { headers: traceHeaders(url) })`. They are for that one request, and not for where it may be redirected to.
 * @returns nothing where `url` has an origin that `propagateTo` does not name, or tracing is off
 */
export function traceHeaders(url: string | URL): Record<string, string> {
  const headers: Record<string, string> = {};
  if (isAllowed(url)) propagation.inject(context.active(), headers);
  return headers;
}

function isAllowed(url: string | URL): boolean {
  const { origins } = sharedState();
  if (origins.size === 0) return false;
  const text = String(url);
  return URL.canParse(text) && origins.has(new URL(text).origin);
}
