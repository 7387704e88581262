import type { SpanProcessorLike } from "../options.ts";

/** What we use of OpenTelemetry's classes, the same in both of its lines. */
export type Make<Options, Made> = new (options: Options) => Made;

/** The SDK's own: we only hand it on. */
export interface Opaque {
  readonly constructor: unknown;
}

export interface NodeSdk {
  start(): void;
  shutdown(): Promise<void>;
}

export interface NodeSdkOptions {
  readonly sampler: Opaque;
  readonly spanProcessors: readonly SpanProcessorLike[];
  readonly instrumentations: readonly never[];
  readonly resourceDetectors: readonly unknown[];
}

/** What an exporter says of a batch: 0 where it arrived. */
export interface ExportResult {
  readonly code: number;
  readonly error?: unknown;
}

export interface SpanExporter {
  export(spans: readonly unknown[], done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}
