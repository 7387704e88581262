import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, afterEach, beforeAll } from "vitest";

/**
 * Registers OpenTelemetry's own SDK for the tests of a file. The testkit's `recordSpans` does not serve here: it is an ES module alone, and what was
 * built is tested as CommonJS on Node 20, too.
 * @returns gives the spans that ended in this test
 */
export function recordedSpans(): () => ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  });
  afterEach(() => exporter.reset());
  afterAll(() => {
    trace.disable();
    context.disable();
  });
  return () => exporter.getFinishedSpans();
}
