export { type DisposableSpan, startSpan, withSpan } from "@aiwatch/core";
export { currentTrace, type TraceIds } from "./current-trace.ts";
export type { Tracing } from "./handle.ts";
export type { SpanProcessorLike, StartTracingOptions } from "./options.ts";
export { keepRecentTraces, type RecentTraces, type RecentTracesOptions } from "./recent/keep-recent-traces.ts";
export type { EndedSpan, PlainAttributes, RecentEvent, RecentSpan } from "./recent/recent-span.ts";
export type { TracingOffReason } from "./settings/tracing-settings.ts";
export { startTracing } from "./start-tracing.ts";
