import type { SdkModules, SpanProcessorLike } from "../options.ts";
import type { BatchSettings } from "../settings/batch.ts";
import type { ExportSettings } from "../settings/tracing-settings.ts";
import { makeExporter } from "./exporter.ts";
import { givenPackages } from "./given-packages.ts";
import { installedPackages } from "./installed-packages.ts";
import { classOf, type SdkPackages } from "./packages.ts";
import { type TracingPackage, tracingPackage } from "./tracing-package.ts";
import type { Make, NodeSdk, NodeSdkOptions, SpanExporter } from "./types.ts";

/** What we use of the SDK that the app has. */
export interface Sdk extends Omit<TracingPackage, "batchProcessor"> {
  readonly NodeSDK: Make<NodeSdkOptions, NodeSdk>;
  exporter(settings: Omit<ExportSettings, "batch">): SpanExporter;
  batchProcessor(exporter: SpanExporter, settings: BatchSettings): SpanProcessorLike;
  /** A detector of `@opentelemetry/resources`; `undefined` where this line has none of that name. */
  detector(name: string): unknown;
}

/**
 * The SDK that the app handed in, else the `@opentelemetry/sdk-node` that it installed, with the packages of that same line.
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where it is not there
 */
export function loadSdk(given?: SdkModules): Sdk {
  return sdkOf(given === undefined ? installedPackages() : givenPackages(given));
}

export function sdkOf(packages: SdkPackages): Sdk {
  const resources = packages.find("@opentelemetry/resources");
  if (resources === undefined) throw packages.missing("@opentelemetry/resources", "tracing");
  return {
    ...tracingPackage(packages),
    NodeSDK: classOf(packages, "@opentelemetry/sdk-node", "NodeSDK"),
    exporter: (settings) => makeExporter(packages, settings),
    detector: (name) => resources[name],
  };
}
