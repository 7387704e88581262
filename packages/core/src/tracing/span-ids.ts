import { INVALID_SPAN_CONTEXT, type Span, trace } from "@opentelemetry/api";

/** The ids of a span, as they stand in records, logs and exemplars. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The span's ids; nothing where the app has no tracing, or there is no span. */
export function spanIdsOf(span: Span | undefined): SpanIds | undefined {
  const spanContext = span?.spanContext();
  if (spanContext === undefined || !trace.isSpanContextValid(spanContext)) return undefined;
  return { traceId: spanContext.traceId, spanId: spanContext.spanId };
}

/** A span that takes everything and tells nobody, where none could be had. */
export function silentSpan(): Span {
  return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
}
