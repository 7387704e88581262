import { createRequire } from "node:module";
import { AiwatchError } from "@aiwatch/core";
import type { SpanProcessorLike } from "../options.ts";
import type { BatchSettings } from "../settings/batch.ts";

type Make<Options, Made> = new (options: Options) => Made;

/** The SDK's own: we only hand it on. */
export interface Opaque {
  readonly constructor: unknown;
}

export interface NodeSdk {
  start(): void;
  shutdown(): Promise<void>;
}

export interface NodeSdkOptions {
  readonly serviceName?: string;
  readonly sampler?: Opaque;
  readonly spanProcessors: readonly SpanProcessorLike[];
  readonly instrumentations: readonly never[];
  readonly resourceDetectors?: readonly unknown[];
}

export interface ExporterOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What we use of the SDK that the app installed. */
export interface Sdk {
  readonly NodeSDK: Make<NodeSdkOptions, NodeSdk>;
  exporter(options: ExporterOptions): Opaque;
  batchProcessor(exporter: Opaque, settings: BatchSettings): SpanProcessorLike;
  parentBasedRatio(ratio: number): Opaque;
  detectors(names: readonly string[]): unknown[];
}

type Require = (name: string) => unknown;

/**
 * Loads the app's `@opentelemetry/sdk-node`, and through it the packages of that same line: two lines never share a class.
 * @param requireHere finds packages as this one does
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where it is not installed
 */
export function loadSdk(requireHere: NodeJS.Require = createRequire(import.meta.url)): Sdk {
  const requireThere = requireOfSdk(requireHere);
  const { NodeSDK } = requireHere("@opentelemetry/sdk-node") as Pick<Sdk, "NodeSDK">;
  const tracing = tracingPackage(requireThere);
  return {
    NodeSDK,
    exporter: (options) => {
      const { OTLPTraceExporter } = requireThere("@opentelemetry/exporter-trace-otlp-proto") as {
        OTLPTraceExporter: Make<ExporterOptions, Opaque>;
      };
      return new OTLPTraceExporter(options);
    },
    batchProcessor: tracing.batchProcessor,
    parentBasedRatio: (ratio) => new tracing.ParentBasedSampler({ root: new tracing.TraceIdRatioBasedSampler(ratio) }),
    detectors: (names) => {
      const resources = requireThere("@opentelemetry/resources") as Record<string, unknown>;
      return names.map((name) => resources[name]).filter((detector) => detector !== undefined);
    },
  };
}

function requireOfSdk(requireHere: NodeJS.Require): Require {
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

interface Samplers {
  readonly ParentBasedSampler: Make<{ root: Opaque }, Opaque>;
  readonly TraceIdRatioBasedSampler: Make<number, Opaque>;
}

interface TracingPackage extends Samplers {
  batchProcessor(exporter: Opaque, settings: BatchSettings): SpanProcessorLike;
}

/** `sdk-trace` where the line has it, which takes the exporter as an option; else its predecessor, which takes it by itself. */
function tracingPackage(requireThere: Require): TracingPackage {
  try {
    const sdk = requireThere("@opentelemetry/sdk-trace") as Samplers & {
      BatchSpanProcessor: Make<BatchSettings & { exporter: Opaque }, SpanProcessorLike>;
    };
    return {
      ParentBasedSampler: sdk.ParentBasedSampler,
      TraceIdRatioBasedSampler: sdk.TraceIdRatioBasedSampler,
      batchProcessor: (exporter, settings) => new sdk.BatchSpanProcessor({ ...settings, exporter }),
    };
  } catch {
    const sdk = requireThere("@opentelemetry/sdk-trace-base") as Samplers & {
      BatchSpanProcessor: new (exporter: Opaque, settings: BatchSettings) => SpanProcessorLike;
    };
    return {
      ParentBasedSampler: sdk.ParentBasedSampler,
      TraceIdRatioBasedSampler: sdk.TraceIdRatioBasedSampler,
      batchProcessor: (exporter, settings) => new sdk.BatchSpanProcessor(exporter, settings),
    };
  }
}
