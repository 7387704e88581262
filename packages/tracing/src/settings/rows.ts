import { declareSettings, kinds, type SettingKind, setting } from "@aiwatch/core/adapter";

const protocols = ["http/protobuf", "http/json", "grpc"] as const;

/** How spans are sent. */
export type OtlpProtocol = (typeof protocols)[number];

const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

/** OpenTelemetry's names. Those that begin with `parentbased_` do as the caller's `traceparent` says where there is one. */
export type SamplerName = (typeof samplers)[number];

/** The detectors of the process and its machine, by OpenTelemetry's names in `OTEL_NODE_RESOURCE_DETECTORS`. */
export const detectors = ["env", "host", "os", "process", "serviceinstance"] as const;
export type DetectorName = (typeof detectors)[number];

/** What the SDK brings. */
export const propagators = ["tracecontext", "baggage", "b3", "b3multi", "jaeger", "none"];

const ratio: SettingKind<number> = {
  expected: "a number from 0 to 1",
  parse: (text) => (isRatio(Number(text)) ? Number(text) : undefined),
  accepts: isRatio,
};

function isRatio(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= 1;
}

/** Both variables name a file that the exporter reads. */
const file = kinds.text("the path of a file in PEM that this process can read");

const endpoint = kinds.text("`host:port`, or an http(s) URL");

/**
 * Every setting of this package that an environment variable can set. Where a text needs more than its kind to be judged, such as the
 * protocol for an endpoint, the function that reads it does so. Those that the SDK reads by itself are only checked:
 * what it would quietly ignore is refused. `test-support/descriptions.ts` says what each is for.
 */
export const tracingRows = declareSettings("@aiwatch/tracing", {
  disabled: setting({ variables: ["AIWATCH_DISABLED"], kind: kinds.flag, default: false }),
  sdkDisabled: setting({ variables: ["OTEL_SDK_DISABLED"], kind: kinds.flag, default: false }),
  enabled: setting({ option: "enabled", variables: ["TRACING_ENABLED"], kind: kinds.flag, default: undefined }),
  endpoint: setting({ option: "endpoint", variables: ["OTLP_ENDPOINT"], kind: endpoint, default: undefined }),
  tracesEndpoint: setting({ variables: ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"], kind: endpoint, default: undefined }),
  otlpEndpoint: setting({ variables: ["OTEL_EXPORTER_OTLP_ENDPOINT"], kind: endpoint, default: undefined }),
  protocol: setting({
    option: "protocol",
    variables: ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"],
    kind: kinds.choice(...protocols),
    default: "http/protobuf",
  }),
  insecure: setting({
    variables: ["OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"],
    kind: kinds.flag,
    default: false,
  }),
  headers: setting({
    option: "headers",
    variables: ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"],
    kind: kinds.text("`key=value` pairs, with commas"),
    default: undefined,
  }),
  exportTimeout: setting({
    variables: ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"],
    kind: kinds.objective,
    default: 10_000,
  }),
  compression: setting({
    variables: ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"],
    kind: kinds.choice("none", "gzip"),
    default: "none",
  }),
  certificate: setting({
    variables: ["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"],
    kind: file,
    default: undefined,
  }),
  clientCertificate: setting({
    variables: ["OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"],
    kind: file,
    default: undefined,
  }),
  clientKey: setting({
    variables: ["OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY"],
    kind: file,
    default: undefined,
  }),
  exporter: setting({ variables: ["OTEL_TRACES_EXPORTER"], kind: kinds.choice("otlp", "none"), default: "otlp" }),
  sampler: setting({
    option: "sampler",
    variables: ["OTEL_TRACES_SAMPLER"],
    kind: kinds.choice(...samplers),
    default: "parentbased_always_on",
  }),
  sampleRatio: setting({ option: "sampleRatio", variables: ["OTEL_TRACES_SAMPLER_ARG"], kind: ratio, default: 1 }),
  serviceName: setting({
    option: "serviceName",
    variables: ["AIWATCH_SERVICE"],
    kind: kinds.shownText("a name"),
    default: undefined,
  }),
  sdkServiceName: setting({
    variables: ["OTEL_SERVICE_NAME"],
    kind: kinds.shownText("a name"),
    default: undefined,
  }),
  resourceAttributes: setting({
    variables: ["OTEL_RESOURCE_ATTRIBUTES"],
    kind: kinds.text("key=value pairs with commas between, where , = and % are written as %2C %3D and %25"),
    default: undefined,
  }),
  detectors: setting({
    variables: ["OTEL_NODE_RESOURCE_DETECTORS"],
    kind: kinds.shownText(`a list of ${[...detectors, "all", "none"].join(", ")}`),
    // the SDK's own choice also records the process's arguments, which can hold keys and prompts
    default: "env,host",
  }),
  propagateTo: setting({
    option: "propagateTo",
    variables: ["AIWATCH_PROPAGATE_TO"],
    kind: kinds.text("http(s) origins such as http://localhost:8081"),
    default: undefined,
  }),
  propagators: setting({
    variables: ["OTEL_PROPAGATORS"],
    kind: kinds.shownText(`a list of ${propagators.join(", ")}`),
    default: "tracecontext,baggage",
  }),
  maxQueueSize: setting({ variables: ["OTEL_BSP_MAX_QUEUE_SIZE"], kind: kinds.count, default: undefined }),
  maxExportBatchSize: setting({ variables: ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"], kind: kinds.count, default: undefined }),
  scheduledDelayMillis: setting({ variables: ["OTEL_BSP_SCHEDULE_DELAY"], kind: kinds.count, default: undefined }),
  exportTimeoutMillis: setting({ variables: ["OTEL_BSP_EXPORT_TIMEOUT"], kind: kinds.count, default: undefined }),
});
