import type { JaegerSpan, JaegerTag, JaegerTrace } from "@aiwatch/testkit";

/** A span as Jaeger shows it, with its tags and its service's by name. */
export interface ShownSpan {
  readonly spanId: string;
  /** The spans that it says it is a child of. */
  readonly parents: readonly { traceId: string; spanId: string }[];
  readonly tags: Record<string, JaegerTag["value"]>;
  readonly service: Record<string, JaegerTag["value"]>;
  /** Microseconds. */
  readonly start: number;
  readonly duration: number;
}

/** The only span of that name. */
export function spanOf(trace: JaegerTrace, name: string): ShownSpan {
  const [span, ...more] = trace.spans.filter(({ operationName }) => operationName === name);
  if (span === undefined || more.length > 0) {
    throw new Error(`${more.length === 0 ? "none" : "several"} of the spans ${names(trace)} is called ${name}`);
  }
  const { serviceName, tags = [] } = trace.processes[span.processID] ?? { serviceName: "" };
  return {
    spanId: span.spanID,
    parents: parentsOf(span),
    tags: byKey(span.tags),
    service: { ...byKey(tags), "service.name": serviceName },
    start: span.startTime,
    duration: span.duration,
  };
}

export const hasSpans =
  (...wanted: readonly string[]) =>
  (trace: JaegerTrace): boolean =>
    wanted.every((name) => trace.spans.some(({ operationName }) => operationName === name));

function names({ spans }: JaegerTrace): string {
  return JSON.stringify(spans.map(({ operationName }) => operationName));
}

function parentsOf({ references }: JaegerSpan): ShownSpan["parents"] {
  return references
    .filter(({ refType }) => refType === "CHILD_OF")
    .map(({ traceID, spanID }) => ({ traceId: traceID, spanId: spanID }));
}

function byKey(tags: readonly JaegerTag[]): Record<string, JaegerTag["value"]> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
