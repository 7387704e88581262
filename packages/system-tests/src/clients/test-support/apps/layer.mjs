/** The layer as an app has it: what each ending told is kept for the end, so that what comes too late is seen. */
import { createTestAiwatch } from "@aiwatch/core/testing";
import { instrumentClient, observeFetch } from "@aiwatch/openai";
import { context, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";

const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
const tracer = trace.getTracer("app");
const bareFetch = globalThis.fetch;
/** How long an inference may take to end once the client is done with it. */
const endsWithinMs = 1500;

export function layer(slug, expected) {
  const { aiwatch, inferences, diagnostics } = createTestAiwatch();
  const options = { aiwatch, idleMs: 300 };
  const span = tracer.startSpan(slug);
  return {
    fetch: observeFetch(bareFetch, options),
    dress: (client) => instrumentClient(client, options),
    run: (action) => context.with(trace.setSpan(context.active(), span), async () => action()),
    settled: () => settled(() => inferences.length >= expected),
    told: () => ({ slug, records: inferences, diagnostics: diagnostics.map(shownFault), spans: spansOf(span) }),
  };
}

/** Collects garbage meanwhile: an answer that nobody reads ends with it. */
async function settled(isSo) {
  const until = performance.now() + endsWithinMs;
  while (!isSo() && performance.now() < until) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

const shownFault = ({ source, error }) => ({ source, error: `${error?.name}: ${error?.message}` });

function spansOf(parent) {
  const { traceId, spanId } = parent.spanContext();
  return exporter
    .getFinishedSpans()
    .filter((span) => span.spanContext().traceId === traceId)
    .map(({ name, kind, status, attributes, parentSpanContext }) => ({
      name,
      kind,
      status,
      attributes,
      isChild: parentSpanContext?.spanId === spanId,
    }));
}
