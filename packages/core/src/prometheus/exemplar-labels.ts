import type { SpanIds } from "../tracing/span-ids.ts";

/** The labels by which a dashboard finds the trace of what fell into a bucket; nothing where there is no trace. */
export function exemplarLabels({ traceId, spanId }: Partial<SpanIds>): Readonly<Record<string, string>> | undefined {
  return traceId === undefined || spanId === undefined ? undefined : { trace_id: traceId, span_id: spanId };
}
