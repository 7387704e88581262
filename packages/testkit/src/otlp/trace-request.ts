import type { KeyValue } from "./any-value.ts";

type Id = Uint8Array | string | null;
type Nanos = string | number | null;

/** What of OTLP's `ExportTraceServiceRequest` is read here; ids are bytes from protobuf and hex from JSON. */
export interface TraceRequest {
  resourceSpans?: ResourceSpans[] | null;
}

export interface ResourceSpans {
  resource?: { attributes?: KeyValue[] | null } | null;
  scopeSpans?: ScopeSpans[] | null;
}

export interface ScopeSpans {
  scope?: { name?: string | null; version?: string | null } | null;
  spans?: Span[] | null;
}

export interface Span {
  traceId?: Id;
  spanId?: Id;
  parentSpanId?: Id;
  name?: string | null;
  kind?: number | null;
  startTimeUnixNano?: Nanos;
  endTimeUnixNano?: Nanos;
  attributes?: KeyValue[] | null;
  events?: { timeUnixNano?: Nanos; name?: string | null; attributes?: KeyValue[] | null }[] | null;
  links?: { traceId?: Id; spanId?: Id; attributes?: KeyValue[] | null }[] | null;
  status?: { code?: number | null; message?: string | null } | null;
}

export function decodeJson(body: Uint8Array): TraceRequest {
  const request: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
  if (typeof request !== "object" || request === null) throw new Error("the body is not an object");
  return request;
}
