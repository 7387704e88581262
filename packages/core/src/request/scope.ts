import { AsyncLocalStorage } from "node:async_hooks";
import { trace } from "@opentelemetry/api";
import { defaultDiagnostics } from "../default-diagnostics.ts";
import { processWide } from "../process-wide.ts";
import { type SpanIds, spanIdsOf } from "../tracing/span-ids.ts";

/** What everything that runs inside one HTTP request can know of it. */
export interface RequestScope {
  readonly requestId: string;
  /** Set once a chat or completion begins inside the request. */
  chat: boolean;
}

/** The ids by which lines, spans and records of one request are found together. Each is absent where there is none. */
export interface Correlation extends Partial<SpanIds> {
  readonly requestId?: string;
}

/** Where the request is found that the calling code runs in. */
export const requestScopes = processWide(
  "@aiwatch/core/request-scopes",
  1,
  () => new AsyncLocalStorage<RequestScope>(),
);

/** The request that the calling code runs in, if any. */
export function currentRequest(): RequestScope | undefined {
  return requestScopes().getStore();
}

/** The ids of the request and the span that the calling code runs in. */
export function currentCorrelation(): Correlation {
  const requestId = currentRequest()?.requestId;
  return {
    ...(requestId !== undefined && { requestId }),
    ...spanIdsOf(() => trace.getActiveSpan(), defaultDiagnostics()),
  };
}
