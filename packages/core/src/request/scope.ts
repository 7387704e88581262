import { trace } from "@opentelemetry/api";
import { defaultDiagnostics } from "../default-diagnostics.ts";
import { sharedState } from "../state.ts";
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

/** The request that the calling code runs in, if any. */
export function currentRequest(): RequestScope | undefined {
  return sharedState().scopes.getStore();
}

/** The ids of the request and the span that the calling code runs in. */
export function currentCorrelation(): Correlation {
  const requestId = currentRequest()?.requestId;
  return {
    ...(requestId !== undefined && { requestId }),
    ...spanIdsOf(() => trace.getActiveSpan(), defaultDiagnostics()),
  };
}
