export { launchChromium } from "./chromium/launch-chromium.ts";
export { healthFaults, modelListFaults, summaryFaults } from "./front-end/front-end-reads.ts";
export type {
  JaegerApi,
  JaegerPorts,
  JaegerProcess,
  JaegerSearch,
  JaegerSpan,
  JaegerTag,
  JaegerTrace,
} from "./jaeger/start-jaeger.ts";
export { type JaegerOptions, type RunningJaeger, startJaeger } from "./jaeger/start-jaeger.ts";
export {
  type LlamaServerOptions,
  llamaServerScript,
  type RunningLlamaServer,
  startLlamaServer,
} from "./llama-server/start-llama-server.ts";
export { type NodeRelease, nodeRelease, npmInstall, npmList } from "./npm/npm-install.ts";
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
export {
  childEnvironment,
  type FinishedProcess,
  type ProcessExit,
  type ProcessOptions,
  type RunningProcess,
  type RunOptions,
  runNode,
  runToEnd,
  startProcess,
} from "./process/running-process.ts";
export type {
  Alert,
  ExemplarSeries,
  PrometheusApi,
  QueryResult,
  Rule,
  RuleGroup,
  Target,
} from "./prometheus/prometheus-api.ts";
export type { PrometheusOptions } from "./prometheus/start-prometheus.ts";
export { promtool, type RunningPrometheus, startPrometheus } from "./prometheus/start-prometheus.ts";
export { snippetOf, variablesReadIn, variablesTabledIn } from "./readme/readme.ts";
export {
  type DescribedSettings,
  type SettingDescription,
  settingDefault,
  settingsTable,
  tableLinesOf,
} from "./readme/settings-table.ts";
export { type ForwardProxy, forwardProxy, type TlsFront, tlsFront } from "./server/fronts.ts";
export {
  type AskedChat,
  type ChatReply,
  type ModelServer,
  modelServer,
  respond,
  sendText,
  threeTokens,
} from "./server/model-server.ts";
export { closedAddress, freePort, type TestServer, testServer } from "./server/test-server.ts";
export { recordSpans, type SpanRecorder } from "./spans/record-spans.ts";
export { type Cell, isInSpread } from "./spread/spread.ts";
export { describeWith, describeWithTool } from "./tools/describe-with-tool.ts";
export type {
  ChromiumTool,
  JaegerTool,
  LlamaServerTool,
  OpenMetricsParserTool,
  PrometheusTool,
} from "./tools/fetch-tool.ts";
export { fetchTool, needTool, type ToolName, type ToolResult, type Tools } from "./tools/fetch-tool.ts";
export { toolFolder } from "./tools/tools-folder.ts";
