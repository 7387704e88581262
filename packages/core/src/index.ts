export type { Admission, AdmissionOptions, WrapOptions } from "./admission/admission.ts";
export type { AdmissionEntry, EntryOptions } from "./admission/entry.ts";
export type { Limiter } from "./admission/limiter.ts";
export type { QueueOrder } from "./admission/queue.ts";
export type { RequestAdmission } from "./admission/request-waits.ts";
export type { WaitOptions } from "./admission/wait.ts";
export { type Aiwatch, createAiwatch, defaultAiwatch } from "./aiwatch/aiwatch.ts";
export type { Observer } from "./aiwatch/observer.ts";
export type { AiwatchOptions } from "./aiwatch/options.ts";
export type { CounterHandle, CounterOptions, CounterSeries } from "./app-metrics/counter.ts";
export type {
  GaugeHandle,
  GaugeOptions,
  GaugeSeries,
  ReadGaugeHandle,
  ReadGaugeOptions,
  ReadGaugesOptions,
  Reading,
} from "./app-metrics/gauge.ts";
export type { HistogramHandle, HistogramOptions, HistogramSeries } from "./app-metrics/histogram.ts";
export type { Given, LabelDefinitions, LabelOptions, LabelValues, NoLabels } from "./app-metrics/labels.ts";
export type { Metrics } from "./app-metrics/metrics.ts";
export type { Diagnostic, DiagnosticListener, Diagnostics } from "./base/diagnostics.ts";
export { AiwatchError, type AiwatchErrorCode, isAiwatchError } from "./base/errors.ts";
export type { Closer } from "./base/process-wide.ts";
export { type Clock, monotonicClock } from "./base/time.ts";
export { type Catalogue, catalogue } from "./catalogue/index.ts";
export type {
  Aggregation,
  CatalogueRow,
  CounterRow,
  GaugeRow,
  HistogramRow,
  JointCap,
  LabelRule,
  Unit,
} from "./catalogue/row.ts";
export {
  type AdmissionOutcome,
  type Operation,
  operations,
  type SloOutcome,
  type ToolOutcome,
  type UnifiedFinishReason,
} from "./catalogue/values.ts";
export type { FlatLlamaCppMetrics, FlatSummary } from "./compat/flat-summary.ts";
export type { ListedModel } from "./compat/go-routes.ts";
export type {
  DiskCheckOptions,
  EventLoopCheckOptions,
  MemoryCheckOptions,
  ModelCheckOptions,
} from "./health/built-in-checks.ts";
export type { CheckContext, CheckOptions, CheckReport, CheckResult, HealthCheck } from "./health/check.ts";
export type { Health, ReadinessReport, ReadinessState } from "./health/health.ts";
export type { HealthOptions } from "./health/options.ts";
export type { ContentOptions, ContentTarget, Message } from "./inference/content.ts";
export { withHelper } from "./inference/helper.ts";
export type { InferenceHandle, InferenceStart, ServerFacts, Usage } from "./inference/inference-handle.ts";
export type { Objectives, ResolvedObjectives } from "./inference/objectives.ts";
export type {
  Failure,
  FinishReason,
  InferenceRecord,
  RequestParameters,
  ServerAddress,
  ServerTimes,
  SpeculativeTokens,
  TokenGaps,
  ToolRecord,
} from "./inference/record.ts";
export type { ToolHandle, ToolStart } from "./inference/tool-handle.ts";
export type { MetricsRegistry } from "./instruments/registry.ts";
export type { ModelInfo, ModelReadings, ReadModel } from "./models/readings.ts";
export type { RequestRecord } from "./request/record.ts";
export { type Correlation, currentCorrelation, currentRequest, type RequestScope } from "./request/scope.ts";
export type { AllowedOrigins } from "./routes/cross-origin.ts";
export {
  type ClientReports,
  type DiagnosticsRoute,
  type HandlerOptions,
  type LiveStream,
  metricsHandler,
  type RouteHandler,
  type RouteName,
  routeHandler,
} from "./routes/handlers.ts";
export type { ChatEntry, ChatList, ModelFigures, Summary, SummaryAnswer, SummaryAverages } from "./summary/schema.ts";
export { type DisposableSpan, startSpan, withSpan } from "./tracing/span.ts";
