import { type DecodedSpan, decodedSpans } from "./decoded-span.ts";
import { loadProtobufDecoder } from "./protobuf-decoder.ts";
import { decodeJson } from "./trace-request.ts";

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
