/** What is needed of a span processor: the SDK's own classes fit, of either line. */
export interface SpanProcessorLike {
  onStart(...args: never[]): void;
  onEnd(...args: never[]): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface StartTracingOptions {
  /**
   * Whether spans are made. `AIWATCH_DISABLED` and `OTEL_SDK_DISABLED` turn them off all the same.
   * @default `TRACING_ENABLED`, else on where an endpoint is set or a span processor is given
   */
  readonly enabled?: boolean;
  /**
   * Where OTLP over HTTP is listened to: `jaeger:4318`, or a URL. `/v1/traces` is appended; `user:password@` becomes a header.
   * @default `OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` (taken as it is), `OTEL_EXPORTER_OTLP_ENDPOINT`, else
   *   `http://localhost:4318` where `enabled` is true
   */
  readonly endpoint?: string;
  /** Sent with each export, besides those of `OTEL_EXPORTER_OTLP_HEADERS`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The resource's `service.name`. @default `AIWATCH_SERVICE`, `OTEL_SERVICE_NAME`, else what the SDK calls an unknown service */
  readonly serviceName?: string;
  /** Which part of the traces that begin here is kept, 0 to 1; others follow their parent. @default `OTEL_TRACES_SAMPLER`, else all */
  readonly sampleRatio?: number;
  /** Who else gets the spans, such as `keepRecentTraces()`. @default none */
  readonly spanProcessors?: readonly SpanProcessorLike[];
  /** The longest that `flush()` and `shutdown()` take, milliseconds, collector or not. @default 5000 */
  readonly shutdownTimeoutMs?: number;
}
