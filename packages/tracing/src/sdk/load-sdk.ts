import { createRequire } from "node:module";
import { AiwatchError } from "@aiwatch/core";
import type { SpanProcessorLike } from "../options.ts";
import type { BatchSettings } from "../settings/batch.ts";
import type { ExportSettings } from "../settings/tracing-settings.ts";
import { makeExporter } from "./exporter.ts";
import { type TracingPackage, tracingPackage } from "./tracing-package.ts";
import type { Make, NodeSdk, NodeSdkOptions, SpanExporter } from "./types.ts";

/** What we use of the SDK that the app installed. */
export interface Sdk extends Omit<TracingPackage, "batchProcessor"> {
  readonly NodeSDK: Make<NodeSdkOptions, NodeSdk>;
  exporter(settings: Pick<ExportSettings, "protocol" | "endpoint" | "headers">): SpanExporter;
  batchProcessor(exporter: SpanExporter, settings: BatchSettings): SpanProcessorLike;
  /** A detector of `@opentelemetry/resources`; `undefined` where this line has none of that name. */
  detector(name: string): unknown;
}

/**
 * Loads the app's `@opentelemetry/sdk-node`, and through it the packages of that same line: two lines never share a class.
 * @param requireHere finds packages as this one does
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where it is not installed
 */
export function loadSdk(requireHere: NodeJS.Require = createRequire(import.meta.url)): Sdk {
  const requireThere = requireOfSdk(requireHere);
  const { NodeSDK } = requireHere("@opentelemetry/sdk-node") as Pick<Sdk, "NodeSDK">;
  return {
    ...tracingPackage(requireThere),
    NodeSDK,
    exporter: (settings) => makeExporter([requireThere, requireHere], settings),
    detector: (name) => (requireThere("@opentelemetry/resources") as Record<string, unknown>)[name],
  };
}

function requireOfSdk(requireHere: NodeJS.Require): NodeJS.Require {
  try {
    return createRequire(requireHere.resolve("@opentelemetry/sdk-node"));
  } catch (cause) {
    throw new AiwatchError(
      "AIWATCH_MISSING_PEER",
      "tracing is on, but @opentelemetry/sdk-node is not installed: npm install @opentelemetry/sdk-node @opentelemetry/api, or set TRACING_ENABLED=false",
      { cause },
    );
  }
}
