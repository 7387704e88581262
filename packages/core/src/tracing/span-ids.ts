import { INVALID_SPAN_CONTEXT, type Span, TraceFlags, trace } from "@opentelemetry/api";
import type { Diagnostics } from "../base/diagnostics.ts";

/** The ids of a span, as they stand in records, logs and exemplars. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The ids, and whether anybody keeps what they name. */
export interface SpanReference extends SpanIds {
  /** Whether the trace is sampled: one that is not will be found nowhere. */
  readonly sampled: boolean;
}

/** The ids of `spanOf()`; nothing where the app has no tracing, there is no span, or the app's tracing is at fault, which is reported. */
export function spanIdsOf(spanOf: () => Span | undefined, diagnostics: Diagnostics): SpanIds | undefined {
  const reference = spanReferenceOf(spanOf, diagnostics);
  return reference === undefined ? undefined : { traceId: reference.traceId, spanId: reference.spanId };
}

/** The ids of `spanOf()` for a record. */
export function spanReferenceOf(spanOf: () => Span | undefined, diagnostics: Diagnostics): SpanReference | undefined {
  return diagnostics.guard("tracer", "reading a span's ids", () => {
    const spanContext = spanOf()?.spanContext();
    if (spanContext === undefined || !trace.isSpanContextValid(spanContext)) return undefined;
    const { traceId, spanId, traceFlags } = spanContext;
    return { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED };
  });
}

/** A span that takes everything and tells nobody, where none could be had. */
export function silentSpan(): Span {
  return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
}
