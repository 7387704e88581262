import { type Span, type TracerProvider, trace } from "@opentelemetry/api";

const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

/** Registers an app's tracing that counts its spans, and how often one was ended again. */
export function countSpans() {
  let begun = 0;
  let ended = 0;
  let again = 0;
  const startSpan = (): Span => {
    begun += 1;
    let isOpen = true;
    const span: Span = {
      ...trace.wrapSpanContext(ids),
      spanContext: () => ids,
      isRecording: () => isOpen,
      setAttribute: () => span,
      setAttributes: () => span,
      addEvent: () => span,
      setStatus: () => span,
      end() {
        if (isOpen) ended += 1;
        else again += 1;
        isOpen = false;
      },
    };
    return span;
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) } as unknown as TracerProvider);
  return { begun: () => begun, open: () => begun - ended, endedAgain: () => again };
}
