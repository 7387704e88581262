/** OpenTelemetry's SDK whose spans stay in memory, and the spans of each ending. */
import { context, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";

export const exporter = new InMemorySpanExporter();
const tracer = () => trace.getTracer("app");

/** The global provider of an app that has one. */
export function register() {
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  return provider;
}

/** An ending is played inside a span of the app's. */
export function beginTrace(slug) {
  const span = tracer().startSpan(slug);
  return {
    run: (action) => context.with(trace.setSpan(context.active(), span), async () => action()),
    spans: () => spansOf(span.spanContext()),
  };
}

/** Waits, and collects garbage meanwhile: an answer that nobody reads ends with it. */
export async function until(isSo, withinMs) {
  const end = performance.now() + withinMs;
  while (!isSo() && performance.now() < end) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

function spansOf({ traceId, spanId }) {
  return exporter
    .getFinishedSpans()
    .filter((span) => span.spanContext().traceId === traceId && span.spanContext().spanId !== spanId)
    .map(({ name, kind, status, attributes, parentSpanContext, parentSpanId }) => ({
      name,
      kind,
      status,
      attributes,
      isChild: (parentSpanContext?.spanId ?? parentSpanId) === spanId,
    }));
}
