import { createRequire } from "node:module";
import { type DecodedSpan, decodedSpans, decodeJson, type TraceRequest } from "./decoded-span.ts";

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

/** A way in which OTLP writes spans. */
export interface TraceEncoding {
  readonly contentType: string;
  /** An `ExportTraceServiceResponse` that reports full success: no bytes in protobuf. */
  readonly success: string;
  /** The spans of a request. @throws for what a collector would refuse */
  decode(body: Uint8Array): DecodedSpan[];
}

/** Protobuf and JSON, in this order. */
export function traceEncodings(): readonly [protobuf: TraceEncoding, json: TraceEncoding] {
  const decodeProtobuf = loadProtobufDecoder();
  return [
    { contentType: "application/x-protobuf", success: "", decode: (body) => decodedSpans(decodeProtobuf(body)) },
    { contentType: "application/json", success: "{}", decode: (body) => decodedSpans(decodeJson(body)) },
  ];
}
