import type { SpanProcessorLike } from "../options.ts";
import type { BatchSettings } from "../settings/batch.ts";
import { classOf, type SdkPackages } from "./packages.ts";
import type { Make, Opaque, SpanExporter } from "./types.ts";

export interface Samplers {
  readonly AlwaysOnSampler: new () => Opaque;
  readonly AlwaysOffSampler: new () => Opaque;
  readonly ParentBasedSampler: Make<{ root: Opaque }, Opaque>;
  readonly TraceIdRatioBasedSampler: Make<number, Opaque>;
}

export interface TracingPackage {
  readonly samplers: Samplers;
  batchProcessor(exporter: SpanExporter, settings: BatchSettings): SpanProcessorLike;
}

/**
 * `sdk-trace` where the line has it, which takes the exporter as an option; else its predecessor, which takes it by itself.
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where there is neither
 */
export function tracingPackage(packages: SdkPackages): TracingPackage {
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
