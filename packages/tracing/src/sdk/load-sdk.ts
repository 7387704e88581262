import type { SdkModules, SpanProcessorLike } from "../options.ts";
import type { BatchSettings, ExportSettings } from "../settings/tracing-settings.ts";
import { makeExporter } from "./exporter.ts";
import { classOf, givenPackages, installedPackages, type SdkPackages } from "./packages.ts";
import type { Make, NodeSdk, NodeSdkOptions, Opaque, SpanExporter } from "./types.ts";

export interface Samplers {
  readonly AlwaysOnSampler: new () => Opaque;
  readonly AlwaysOffSampler: new () => Opaque;
  readonly ParentBasedSampler: Make<{ root: Opaque }, Opaque>;
  readonly TraceIdRatioBasedSampler: Make<number, Opaque>;
}

interface TracingPackage {
  readonly samplers: Samplers;
  batchProcessor(exporter: SpanExporter, settings: BatchSettings): SpanProcessorLike;
}

/**
 * `sdk-trace` where the line has it, which takes the exporter as an option; else its predecessor, which takes it by itself.
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where there is neither
 */
function tracingPackage(packages: SdkPackages): TracingPackage {
  const base = packages.find("@opentelemetry/sdk-trace") === undefined ? "@opentelemetry/sdk-trace-base" : undefined;
  if (base !== undefined && packages.find(base) !== undefined) {
    type Processor = new (exporter: SpanExporter, settings: BatchSettings) => SpanProcessorLike;
    const BatchSpanProcessor = classOf<Processor>(packages, base, "BatchSpanProcessor");
    return {
      samplers: packages.find(base) as unknown as Samplers,
      batchProcessor: (exporter, settings) => new BatchSpanProcessor(exporter, settings),
    };
  }
  type Processor = Make<BatchSettings & { exporter: SpanExporter }, SpanProcessorLike>;
  const BatchSpanProcessor = classOf<Processor>(packages, "@opentelemetry/sdk-trace", "BatchSpanProcessor");
  return {
    samplers: packages.find("@opentelemetry/sdk-trace") as unknown as Samplers,
    batchProcessor: (exporter, settings) => new BatchSpanProcessor({ ...settings, exporter }),
  };
}

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
