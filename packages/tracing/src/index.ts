export { type DisposableSpan, startSpan, withSpan } from "@aiwatch/core";
export type { AgentFactory } from "./export/connections.ts";
export type { Tracing } from "./handle.ts";
export type { SdkModules, SpanProcessorLike, StartTracingOptions } from "./options.ts";
export { currentTrace, type TraceIds, traceHeaders } from "./propagation.ts";
export type { EndedSpan, PlainAttributes, RecentEvent, RecentSpan, RecentTrace } from "./recent-traces.ts";
export {
  keepRecentTraces,
  type RecentTraces,
  type RecentTracesListOptions,
  type RecentTracesOptions,
} from "./recent-traces.ts";
export type { OtlpProtocol, SamplerName } from "./settings/rows.ts";
export type { TracingOffReason } from "./settings/tracing-settings.ts";
export { startTracing } from "./start-tracing.ts";
