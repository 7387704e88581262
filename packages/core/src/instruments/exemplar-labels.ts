import type { RequestFigures } from "../request/record.ts";

/**
 * The labels by which a dashboard finds the trace of what fell into a bucket; nothing where there is no trace, or nobody keeps it: such an
 * exemplar would lead nowhere, and take the place of one that leads somewhere.
 */
export function exemplarLabels({
  traceId,
  spanId,
  sampled,
}: Pick<RequestFigures, "traceId" | "spanId" | "sampled">): Readonly<Record<string, string>> | undefined {
  if (traceId === undefined || spanId === undefined || sampled !== true) return undefined;
  return { trace_id: traceId, span_id: spanId };
}
