import type { SpanProcessorLike } from "../options.ts";
import type { BatchSettings } from "../settings/batch.ts";
import type { Make, Opaque, Require, SpanExporter } from "./types.ts";

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

/** `sdk-trace` where the line has it, which takes the exporter as an option; else its predecessor, which takes it by itself. */
export function tracingPackage(requireThere: Require): TracingPackage {
  try {
    const sdk = requireThere("@opentelemetry/sdk-trace") as Samplers & {
      BatchSpanProcessor: Make<BatchSettings & { exporter: SpanExporter }, SpanProcessorLike>;
    };
    return {
      samplers: sdk,
      batchProcessor: (exporter, settings) => new sdk.BatchSpanProcessor({ ...settings, exporter }),
    };
  } catch {
    const sdk = requireThere("@opentelemetry/sdk-trace-base") as Samplers & {
      BatchSpanProcessor: new (exporter: SpanExporter, settings: BatchSettings) => SpanProcessorLike;
    };
    return {
      samplers: sdk,
      batchProcessor: (exporter, settings) => new sdk.BatchSpanProcessor(exporter, settings),
    };
  }
}
