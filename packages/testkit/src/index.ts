export type { ChromiumTool } from "./chromium/find-chromium.ts";
export { launchChromium } from "./chromium/launch-chromium.ts";
export { healthFaults, modelListFaults, summaryFaults } from "./front-end/front-end-reads.ts";
export type { JaegerTool } from "./jaeger/find-jaeger.ts";
export type {
  JaegerApi,
  JaegerProcess,
  JaegerSearch,
  JaegerSpan,
  JaegerTag,
  JaegerTrace,
} from "./jaeger/jaeger-api.ts";
export type { JaegerPorts } from "./jaeger/jaeger-config.ts";
export { type JaegerOptions, type RunningJaeger, startJaeger } from "./jaeger/start-jaeger.ts";
export { type NodeRelease, nodeRelease } from "./npm/node-release.ts";
export { npmInstall, npmList } from "./npm/npm-install.ts";
export type { OpenMetricsParserTool } from "./openmetrics/find-openmetrics-parser.ts";
export {
  type ExpositionFormat,
  type MetricFamily,
  type MetricSample,
  type ParseOutcome,
  parseClassicText,
  parseExpositions,
  parseOpenMetricsStrictly,
} from "./openmetrics/parse-expositions.ts";
export type { DecodedEvent, DecodedLink, DecodedSpan } from "./otlp/decoded-span.ts";
export { type OtlpReceiver, otlpReceiver } from "./otlp/otlp-receiver.ts";
export { type TraceEncoding, traceEncodings } from "./otlp/trace-encodings.ts";
export { childEnvironment } from "./process/child-environment.ts";
export { runNode } from "./process/run-node.ts";
export { type FinishedProcess, type RunOptions, runToEnd } from "./process/run-to-end.ts";
export { type ProcessExit, type ProcessOptions, type RunningProcess, startProcess } from "./process/running-process.ts";
export type { PrometheusTool } from "./prometheus/find-prometheus.ts";
export type { ExemplarSeries, PrometheusApi, QueryResult, RuleGroup, Target } from "./prometheus/prometheus-api.ts";
export type { PrometheusOptions } from "./prometheus/prometheus-config.ts";
export { promtool } from "./prometheus/promtool.ts";
export { type RunningPrometheus, startPrometheus } from "./prometheus/start-prometheus.ts";
export { snippetOf } from "./readme/snippet-of.ts";
export { variablesReadIn, variablesTabledIn } from "./readme/variables.ts";
export { type ForwardProxy, forwardProxy } from "./server/forward-proxy.ts";
export { freePort } from "./server/free-port.ts";
export { type TestServer, testServer } from "./server/test-server.ts";
export { type TlsFront, tlsFront } from "./server/tls-front.ts";
export { describeWith } from "./tools/describe-with.ts";
export { describeWithTool } from "./tools/describe-with-tool.ts";
export { fetchTool, needTool, type ToolName, type ToolResult, type Tools } from "./tools/fetch-tool.ts";
export { toolFolder } from "./tools/tools-folder.ts";
