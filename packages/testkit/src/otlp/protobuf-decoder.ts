import { createRequire } from "node:module";
import type { TraceRequest } from "./trace-request.ts";

interface MessageType {
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: { longs: typeof String }): TraceRequest;
}

interface GeneratedRoot {
  opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: MessageType } } } } };
}

/** The decoder that OpenTelemetry generated from the protocol's own files: 850 kB, so loaded when first asked for. */
export function loadProtobufDecoder(): (body: Uint8Array) => TraceRequest {
  const root: GeneratedRoot = createRequire(import.meta.url)("otlp-proto/build/src/generated/root.js");
  const type = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
  return (body) => type.toObject(type.decode(body), { longs: String });
}
