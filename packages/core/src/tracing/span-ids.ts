import { INVALID_SPAN_CONTEXT, type Span, trace } from "@opentelemetry/api";
import type { Diagnostics } from "../diagnostics.ts";

/** The ids of a span, as they stand in records, logs and exemplars. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The ids of `spanOf()`; nothing where the app has no tracing, there is no span, or the app's tracing is at fault, which is reported. */
export function spanIdsOf(spanOf: () => Span | undefined, diagnostics: Diagnostics): SpanIds | undefined {
  return diagnostics.guard("tracer", "reading a span's ids", () => {
    const spanContext = spanOf()?.spanContext();
    if (spanContext === undefined || !trace.isSpanContextValid(spanContext)) return undefined;
    return { traceId: spanContext.traceId, spanId: spanContext.spanId };
  });
}

/** A span that takes everything and tells nobody, where none could be had. */
export function silentSpan(): Span {
  return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
}
