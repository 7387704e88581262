import type { SettingDescription } from "@aiwatch/testkit";
import type { tracingRows } from "../rows.ts";

/** What each setting is for. */
export const tracingSettingDescriptions: Readonly<Record<keyof typeof tracingRows, SettingDescription>> = {
  disabled: { text: "Turns everything off, whatever the options say" },
  sdkDisabled: { text: "The same, by OpenTelemetry's name" },
  enabled: { text: "Whether spans are made", default: "on where an endpoint is set or a span processor is given" },
  endpoint: {
    text: "Where spans are sent: without TLS where it has no scheme; over HTTP `/v1/traces` is appended",
    default: "the next two",
  },
  tracesEndpoint: { text: "The same, taken as it is: no path is appended", default: "the next one" },
  otlpEndpoint: {
    text: "The same; over HTTP `/v1/traces` is appended",
    default: "`http://localhost:4318`, gRPC `:4317`, where tracing is enabled",
  },
  protocol: { text: "How spans are sent" },
  insecure: { text: "gRPC without TLS, where the endpoint is of an `OTEL_…_ENDPOINT` and has no scheme" },
  headers: { text: "Sent with each export. Both variables count, and the first wins where they name the same header" },
  exportTimeout: { text: "Milliseconds that an export is tried" },
  compression: { text: "How the body of an export is compressed" },
  certificate: { text: "The certificates that are trusted", default: "Node's own" },
  clientCertificate: { text: "The certificate that the process shows to the collector" },
  clientKey: { text: "That certificate's key" },
  exporter: { text: "`none` leaves only the given span processors" },
  sampler: { text: "Which traces are kept" },
  sampleRatio: {
    text: "The part of the traces that is kept, where the sampler has a ratio; the option alone means `parentbased_traceidratio`",
  },
  serviceName: { text: "The resource's `service.name`", default: "the next one" },
  sdkServiceName: { text: "The same", default: "`unknown_service:node`" },
  resourceAttributes: {
    text: "The resource's other attributes, `service.version` and `deployment.environment.name` among them",
  },
  detectors: {
    text: "What is found out for the resource. `process` records the process's arguments, which can hold keys and prompts",
  },
  propagateTo: { text: "The origins whose requests by `fetch` carry the trace" },
  propagators: { text: "The formats of trace headers" },
  maxQueueSize: { text: "Spans that wait to be sent, at most", default: "2048" },
  maxExportBatchSize: { text: "Spans of one export, at most", default: "512" },
  scheduledDelayMillis: { text: "Milliseconds between exports", default: "5000" },
  exportTimeoutMillis: { text: "Milliseconds that the queue waits for an export", default: "30000" },
};
