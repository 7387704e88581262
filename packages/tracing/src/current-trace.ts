import { currentCorrelation } from "@aiwatch/core";

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
