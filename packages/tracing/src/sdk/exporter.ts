import { AiwatchError } from "@aiwatch/core";
import type { HttpAgentOptions } from "../export/connections.ts";
import type { OtlpProtocol } from "../settings/rows.ts";
import type { ExportSettings } from "../settings/tracing-settings.ts";
import { classOf, type Exports, type SdkPackages } from "./packages.ts";
import type { Make, SpanExporter } from "./types.ts";

interface ExporterOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly metadata?: Metadata;
  readonly httpAgentOptions?: HttpAgentOptions;
  readonly keepAlive?: boolean;
}

/** gRPC's headers. */
interface Metadata {
  set(name: string, value: string): void;
}

const exporters: Readonly<Record<OtlpProtocol, string>> = {
  "http/protobuf": "@opentelemetry/exporter-trace-otlp-proto",
  "http/json": "@opentelemetry/exporter-trace-otlp-http",
  grpc: "@opentelemetry/exporter-trace-otlp-grpc",
};

/**
 * The exporter that the SDK brings, for the protocol. What else is in the environment (timeout, compression, headers) it reads by itself.
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where there is no such exporter
 */
export function makeExporter(
  packages: SdkPackages,
  { protocol, endpoint, headers, agent }: Omit<ExportSettings, "batch">,
): SpanExporter {
  const name = exporters[protocol];
  const what = `OTLP over ${protocol} (OTEL_EXPORTER_OTLP_PROTOCOL)`;
  const OTLPTraceExporter = classOf<Make<ExporterOptions, SpanExporter>>(packages, name, "OTLPTraceExporter", what);
  const { url } = endpoint;
  if (protocol !== "grpc") {
    const connected = agent === undefined ? undefined : { httpAgentOptions: agent, keepAlive: true };
    const exporter = new OTLPTraceExporter({ url, headers, ...connected });
    if (isTakenForOptions(agent)) throw new AiwatchError("AIWATCH_MISSING_PEER", agentUnknown);
    return exporter;
  }
  if (Object.keys(headers).length === 0) return new OTLPTraceExporter({ url });
  return new OTLPTraceExporter({ url, metadata: metadataOf(packages.grpc(name), headers) });
}

const agentUnknown =
  "the option agent needs @opentelemetry/sdk-node 0.204 or newer: npm install @opentelemetry/sdk-node@latest";

/** Older exporters know options alone, write `keepAlive` into what they are given, and make an agent of their own from it. */
function isTakenForOptions(agent: HttpAgentOptions | undefined): boolean {
  return typeof agent === "function" && Object.hasOwn(agent, "keepAlive");
}

function metadataOf(grpc: Exports, headers: Readonly<Record<string, string>>): Metadata {
  const { Metadata } = grpc as { Metadata: new () => Metadata };
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}
