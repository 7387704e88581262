import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

export interface SpanRecorder {
  /** The spans that ended since the last reset. */
  readonly spans: () => readonly ReadableSpan[];
  readonly reset: () => void;
  /** Takes the provider away again. */
  readonly stop: () => void;
}

/** Registers OpenTelemetry's own SDK as the app's. */
export function recordSpans(): SpanRecorder {
  const exporter = new InMemorySpanExporter();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  return {
    spans: () => exporter.getFinishedSpans(),
    reset: () => exporter.reset(),
    stop: () => {
      trace.disable();
      context.disable();
    },
  };
}
