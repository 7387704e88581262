import type { Agent } from "node:http";
import type { AgentFactory } from "./export/connections.ts";
import type { OtlpProtocol, SamplerName } from "./settings/rows.ts";

/** What is needed of a span processor: the SDK's own classes fit, of either line. */
export interface SpanProcessorLike {
  onStart(...args: never[]): void;
  onEnd(...args: never[]): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** OpenTelemetry's modules, as `import * as` gives them, by the names of their packages. */
export interface SdkModules {
  readonly "@opentelemetry/sdk-node": object;
  readonly [name: `@opentelemetry/${string}`]: object;
  /** Where headers go over gRPC. */
  readonly "@grpc/grpc-js"?: object;
}

export interface StartTracingOptions {
  /**
   * Whether spans are made. `AIWATCH_DISABLED` and `OTEL_SDK_DISABLED` turn them off all the same.
   * @default `TRACING_ENABLED`, else on where an endpoint is set or a span processor is given
   */
  readonly enabled?: boolean;
  /**
   * Where OTLP is listened to: `jaeger:4318`, or a URL. Over HTTP `/v1/traces` is appended, for gRPC a path is left out;
   * `user:password@` becomes a header.
   * @default `OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` (taken as it is), `OTEL_EXPORTER_OTLP_ENDPOINT`, else
   *   `http://localhost:4318` (gRPC: `http://localhost:4317`) where `enabled` is true
   */
  readonly endpoint?: string;
  /** How spans are sent. @default `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL`, `OTEL_EXPORTER_OTLP_PROTOCOL`, else `http/protobuf` */
  readonly protocol?: OtlpProtocol;
  /** Sent with each export, besides those of `OTEL_EXPORTER_OTLP_HEADERS`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Connects exports over HTTP: an agent of `node:http` or `node:https`, or a function that gives one for the endpoint's protocol, such as
   * one through a proxy. It should serve nothing else: `shutdown()` cuts the connections that exports opened. The variables for certificates
   * are for the default alone. It needs `@opentelemetry/sdk-node` 0.204 or newer, and is refused with gRPC, which reads `grpc_proxy`,
   * `https_proxy` and `no_proxy` by itself.
   * @default one that keeps connections open, through the proxy of the environment where Node's own requests go through it
   *   (`NODE_USE_ENV_PROXY=1` or `--use-env-proxy` with `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`)
   * @example
   * ```ts
   * import { HttpsProxyAgent } from "https-proxy-agent"; // on Node 20, which has no proxies by itself
   *
   * startTracing({ endpoint: "https://otel.example", agent: new HttpsProxyAgent("http://proxy.example:3128") });
   * ```
   */
  readonly agent?: Agent | AgentFactory;
  /** The resource's `service.name`. @default `AIWATCH_SERVICE`, `OTEL_SERVICE_NAME`, else what the SDK calls an unknown service */
  readonly serviceName?: string;
  /** The resource's `service.version`. @default that of `OTEL_RESOURCE_ATTRIBUTES` */
  readonly serviceVersion?: string;
  /** The resource's `deployment.environment.name`, such as `production`. @default that of `OTEL_RESOURCE_ATTRIBUTES` */
  readonly deploymentEnvironment?: string;
  /** Which traces are kept. @default `OTEL_TRACES_SAMPLER`, else `parentbased_always_on` */
  readonly sampler?: SamplerName;
  /**
   * Which part of the traces is kept, 0 to 1. Given without `sampler` it is `parentbased_traceidratio`: the part of those that begin here,
   * while others follow their parent.
   * @default `OTEL_TRACES_SAMPLER_ARG`, else 1
   */
  readonly sampleRatio?: number;
  /**
   * Origins, such as the model server's, whose requests by `fetch` carry the active trace and its baggage; a URL stands for its origin. No
   * other origin ever sees them, not by a redirect either. Headers that the app sets itself stay.
   * @default `AIWATCH_PROPAGATE_TO` (with commas between), else none
   */
  readonly propagateTo?: readonly (string | URL)[];
  /** Who else gets the spans, such as `keepRecentTraces()`. @default none */
  readonly spanProcessors?: readonly SpanProcessorLike[];
  /**
   * The SDK's modules, for a bundle with nothing of OpenTelemetry external: they are not loaded at run time then. On the 2.x line
   * `@opentelemetry/sdk-node` and the exporter of the protocol are enough; on 3.x `@opentelemetry/sdk-trace` and `@opentelemetry/resources`
   * are needed, too.
   * @default those of the installed `@opentelemetry/sdk-node`
   * @example
   * ```ts
   * import * as otlp from "@opentelemetry/exporter-trace-otlp-proto";
   * import * as sdkNode from "@opentelemetry/sdk-node";
   *
   * const sdk = { "@opentelemetry/sdk-node": sdkNode, "@opentelemetry/exporter-trace-otlp-proto": otlp };
   * startTracing({ sdk });
   * ```
   */
  readonly sdk?: SdkModules;
  /** The longest that `flush()` and `shutdown()` take, milliseconds, collector or not. @default 5000 */
  readonly shutdownTimeoutMs?: number;
}

const named = {
  enabled: true,
  endpoint: true,
  protocol: true,
  headers: true,
  agent: true,
  serviceName: true,
  serviceVersion: true,
  deploymentEnvironment: true,
  sampler: true,
  sampleRatio: true,
  propagateTo: true,
  spanProcessors: true,
  sdk: true,
  shutdownTimeoutMs: true,
} as const satisfies Record<keyof StartTracingOptions, true>;

/** The options that there are. */
export const optionNames = Object.keys(named);
