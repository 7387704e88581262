import { createRequire } from "node:module";
import { AiwatchError } from "@aiwatch/core";
import type { OtlpProtocol } from "../settings/protocol.ts";
import type { ExportSettings } from "../settings/tracing-settings.ts";
import type { Make, SpanExporter } from "./types.ts";

interface ExporterOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly metadata?: Metadata;
}

/** gRPC's headers. */
interface Metadata {
  set(name: string, value: string): void;
}

const packages: Readonly<Record<OtlpProtocol, string>> = {
  "http/protobuf": "@opentelemetry/exporter-trace-otlp-proto",
  "http/json": "@opentelemetry/exporter-trace-otlp-http",
  grpc: "@opentelemetry/exporter-trace-otlp-grpc",
};

/**
 * The exporter that the SDK brings, for the protocol. What else is in the environment (timeout, compression, certificates, headers) it reads
 * by itself.
 * @param places the SDK's own `require`, then those to fall back on
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where there is no such exporter
 */
export function makeExporter(
  places: readonly NodeJS.Require[],
  { protocol, endpoint, headers }: Pick<ExportSettings, "protocol" | "endpoint" | "headers">,
): SpanExporter {
  const name = packages[protocol];
  const place = places.find((require) => isFound(require, name));
  if (place === undefined) {
    throw new AiwatchError(
      "AIWATCH_MISSING_PEER",
      `OTLP over ${protocol} needs ${name}, which this @opentelemetry/sdk-node does not bring: npm install ${name}, or use another protocol (OTEL_EXPORTER_OTLP_PROTOCOL)`,
    );
  }
  const { OTLPTraceExporter } = place(name) as { OTLPTraceExporter: Make<ExporterOptions, SpanExporter> };
  const { url } = endpoint;
  if (protocol !== "grpc") return new OTLPTraceExporter({ url, headers });
  if (Object.keys(headers).length === 0) return new OTLPTraceExporter({ url });
  return new OTLPTraceExporter({ url, metadata: metadataOf(createRequire(place.resolve(name)), headers) });
}

function isFound(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Made by the very copy of gRPC that the exporter uses: it is a dependency of its dependency, which package managers may hide. */
function metadataOf(requireExporter: NodeJS.Require, headers: Readonly<Record<string, string>>): Metadata {
  const requireBase = createRequire(requireExporter.resolve("@opentelemetry/otlp-grpc-exporter-base"));
  const grpc = requireBase("@grpc/grpc-js") as { Metadata: new () => Metadata };
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}
