import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { currentCorrelation } from "@aiwatch/core";
import { context, propagation } from "@opentelemetry/api";
import { sharedState } from "./handle.ts";

/** The ids of a span, as they stand in logs and `traceparent` headers. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The span that the calling code runs in; `undefined` where there is none. */
export function currentTrace(): TraceIds | undefined {
  const { traceId, spanId } = currentCorrelation();
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

/**
 * The headers that tell a server which trace a request belongs to, for requests that `fetch` does not make:
 * `http.request(url, { headers: traceHeaders(url) })`. They are for that one request, and not for where it may be redirected to.
 * @returns nothing where `url` has an origin that `propagateTo` does not name, or tracing is off
 * @example http.request(url, { headers: traceHeaders(url) });
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

/** A request of undici, the client behind Node's `fetch`, before it is sent. */
interface UndiciRequest {
  readonly origin?: string | URL | undefined;
  /** Names and values in turns; one text in undici 5. */
  readonly headers: readonly unknown[] | string;
  addHeader(name: string, value: string): unknown;
}

const channel = "undici:request:create";

/**
 * Gives the requests of `fetch` the headers of the active trace, where their origin may see them. Nothing of `fetch` is wrapped: its
 * arguments, its promise and its `Request` objects are the app's own. A redirect is a request of its own here, with an origin of its own,
 * and what was added to the one before is not carried on.
 * @returns ends it
 */
export function propagateFetch(report: (error: unknown) => void): () => void {
  const created = (message: unknown) => {
    try {
      addTraceHeaders((message as { readonly request: UndiciRequest }).request);
    } catch (error) {
      // Node makes an uncaught exception of what is thrown here
      report(error);
    }
  };
  subscribe(channel, created);
  return () => unsubscribe(channel, created);
}

function addTraceHeaders(request: UndiciRequest): void {
  const headers = Object.entries(traceHeaders(request.origin ?? ""));
  if (headers.length === 0) return;
  const own = namesOf(request.headers);
  // a caller that sets one of the trace's headers has a trace in mind: ours would mix with it. Its baggage is another matter
  const hasTrace = headers.some(([name]) => name !== "baggage" && own.has(name));
  for (const [name, value] of headers) {
    if (own.has(name) || (hasTrace && name !== "baggage")) continue;
    request.addHeader(name, value);
  }
}

function namesOf(headers: readonly unknown[] | string): ReadonlySet<string> {
  const names =
    typeof headers === "string"
      ? headers.split("\r\n").map((line) => line.split(":", 1)[0])
      : headers.filter((_, index) => index % 2 === 0);
  return new Set(names.map((name) => String(name).toLowerCase()));
}
