import { type Span, type TracerProvider, trace } from "@opentelemetry/api";

const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

/** A span that takes everything. @param own methods that are to be others */
export function takingSpan(own: Partial<Span>): Span {
  const span: Span = {
    ...trace.wrapSpanContext(ids),
    spanContext: () => ids,
    isRecording: () => true,
    setAttribute: () => span,
    setAttributes: () => span,
    addEvent: () => span,
    setStatus: () => span,
    ...own,
  };
  return span;
}

/** Registers an app's tracing whose spans are what `startSpan` makes. */
export function traceWith(startSpan: () => Span): void {
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) } as unknown as TracerProvider);
}

/** Registers an app's tracing. @returns how often each of its spans was ended, in the order in which they began */
export function countSpanEnds(): readonly number[] {
  const ends: number[] = [];
  trace.disable();
  traceWith(() => {
    const index = ends.push(0) - 1;
    const end = () => {
      ends[index] = (ends[index] ?? 0) + 1;
    };
    return takingSpan({ end });
  });
  return ends;
}
