import type { Environment } from "@aiwatch/core/adapter";
import { readOptionOrVariable } from "./choice.ts";

const protocols = ["http/protobuf", "http/json", "grpc"] as const;

/** How spans are sent. */
export type OtlpProtocol = (typeof protocols)[number];

export function readProtocol(option: OtlpProtocol | undefined, environment: Environment): OtlpProtocol {
  const variables = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
  return readOptionOrVariable("protocol", option, variables, protocols, environment) ?? "http/protobuf";
}
