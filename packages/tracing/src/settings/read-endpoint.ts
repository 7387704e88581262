import { type Environment, readBoolean, readVariable } from "@aiwatch/core/adapter";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import type { OtlpProtocol } from "./protocol.ts";

const signalVariable = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const variables = ["OTLP_ENDPOINT", signalVariable, "OTEL_EXPORTER_OTLP_ENDPOINT"];

/** The endpoint that is asked for; `undefined` where none is. */
export function readEndpoint(
  option: string | undefined,
  protocol: OtlpProtocol,
  environment: Environment,
): Endpoint | undefined {
  const grpc = protocol === "grpc";
  if (option !== undefined) return parseEndpoint("endpoint", option, { grpc });
  const found = readVariable(variables, environment);
  if (found === undefined) return undefined;
  const { variable, text } = found;
  const exact = variable === signalVariable;
  // OpenTelemetry's variables mean TLS where a gRPC endpoint has no scheme, unless they say otherwise; ours, as in the original, do not
  const scheme = grpc && variable !== "OTLP_ENDPOINT" && !isInsecure(environment) ? "https" : "http";
  return parseEndpoint(variable, text, { grpc, exact, scheme });
}

/** Where the Collector and Jaeger listen by default. */
export function defaultEndpoint(protocol: OtlpProtocol): Endpoint {
  const grpc = protocol === "grpc";
  return parseEndpoint("endpoint", grpc ? "http://localhost:4317" : "http://localhost:4318", { grpc });
}

function isInsecure(environment: Environment): boolean {
  const insecure = ["OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"];
  return readBoolean({ variables: insecure, environment }) ?? false;
}
