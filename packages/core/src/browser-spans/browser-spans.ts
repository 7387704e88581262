import { type Attributes, type HrTime, SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { processWide } from "../base/process-wide.ts";
import { monotonicClock } from "../base/time.ts";
import type { BrowserSpan } from "../reports/schema.ts";
import { attribute, known } from "../tracing/semconv.ts";
import { AnsweredCalls } from "./answered-calls.ts";

/** What a page's span says. It is named here, and not beside the others: an app that takes no spans of pages has none of it. */
const browserAttribute = {
  /** The span was told by a page: nobody here saw what it says. */
  fromOutside: "aiwatch.from_outside",
  outcome: "aiwatch.browser.outcome",
  /** By how much the span was moved, to where the server's own span says that it was. */
  clockShiftSeconds: "aiwatch.browser.clock_shift",
};

/** Moments of an answer in a page, as events of its span. */
const browserEvent = {
  firstText: "aiwatch.browser.first_text",
  painted: "aiwatch.browser.painted",
};

/** What is needed of the processor that exports: the SDK's own classes fit, of either line. */
export interface BrowserSpansOptions {
  /** Who gets the pages' spans, such as the `BatchSpanProcessor` that exports your own. It is not shut down from here. */
  readonly processor: { onEnd(...args: never[]): void };
}

/** A span processor for your SDK: it sees whose calls the process answers, and keeps nothing else. */
export interface BrowserSpanProcessor {
  onStart(span: object): void;
  onEnd(span: object): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** What is read of the SDK's spans, of either line. */
interface SeenSpan {
  readonly kind?: unknown;
  readonly startTime?: HrTime;
  readonly parentSpanContext?: { readonly spanId: string; readonly isRemote?: boolean } | undefined;
  spanContext(): { readonly traceId: string; readonly traceFlags: number };
}

interface SharedState {
  /** Whether a door takes spans: until one does, nothing is remembered. */
  isOpen: boolean;
  /** Those that were made, the latest last: it is handed the spans. */
  readonly takers: Set<{ take(span: TracedSpan, resource: BrowserResource): boolean }>;
}

const state = processWide("@aiwatch/core/browser-spans", 1, (): SharedState => ({ isOpen: false, takers: new Set() }));

/** A page's span whose server was told of the trace. */
export type TracedSpan = BrowserSpan & { readonly traceId: string; readonly spanId: string };

/**
 * Exports the spans of pages with an OpenTelemetry SDK of your own: add what it returns to the SDK's span processors. `startTracing` of
 * `@aiwatch/tracing` does so by itself. Until a door takes reports of browsers, it remembers nothing.
 * @example
 * const processor = new BatchSpanProcessor(exporter);
 * new NodeSDK({ spanProcessors: [processor, browserSpans({ processor })] }).start();
 */
export function browserSpans({ processor }: BrowserSpansOptions): BrowserSpanProcessor {
  const calls = new AnsweredCalls(monotonicClock);
  const { onEnd } = processor as { onEnd(span: object): void };
  const taker = {
    take(span: TracedSpan, resource: BrowserResource) {
      const serverStartedAt = calls.take(span.traceId + span.spanId);
      if (serverStartedAt === undefined) return false;
      onEnd.call(processor, readableSpan(span, resource, serverStartedAt));
      return true;
    },
  };
  state().takers.add(taker);
  return {
    onStart(span) {
      if (state().isOpen) noteBegun(calls, span as SeenSpan);
    },
    onEnd(span) {
      const caller = state().isOpen ? callerOf(span as SeenSpan) : undefined;
      if (caller !== undefined) calls.end(caller);
    },
    forceFlush: async () => undefined,
    async shutdown() {
      state().takers.delete(taker);
      calls.clear();
    },
  };
}

/** A door takes spans from now on. */
export function openBrowserSpans(): void {
  state().isOpen = true;
}

/** Hands a page's span to whoever exports here. @returns what became of it. @throws what the app's processor throws */
export function takeBrowserSpan(
  span: TracedSpan,
  resource: BrowserResource,
): "taken" | "unknown_trace" | "no_exporter" {
  const taker = [...state().takers].at(-1);
  if (taker === undefined) return "no_exporter";
  return taker.take(span, resource) ? "taken" : "unknown_trace";
}

function noteBegun(calls: AnsweredCalls, span: SeenSpan): void {
  const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
  const caller = isSampled ? callerOf(span) : undefined;
  if (caller !== undefined && span.startTime !== undefined) calls.begin(caller, milliseconds(span.startTime));
}

/**
 * Trace and span of whoever called, for a request's span that came with them. The span, too: `/metrics` shows trace ids to anybody, and nobody but
 * the caller knows what it called its own.
 */
function callerOf(span: SeenSpan): string | undefined {
  const { kind, parentSpanContext: caller } = span;
  if (kind !== SpanKind.SERVER || caller?.isRemote !== true) return undefined;
  return span.spanContext().traceId + caller.spanId;
}

/** What a page's spans are of: one object for all that say the same, since exporters put those together. */
export class BrowserResource {
  readonly attributes: Attributes;
  readonly asyncAttributesPending = false;

  /** @param release absent where the page did not say */
  constructor(service: string, release: string | undefined) {
    this.attributes = known({ "service.name": service, "service.version": release, "telemetry.sdk.language": "webjs" });
  }

  /** As OpenTelemetry's resources have it. */
  getRawAttributes(): [string, unknown][] {
    return Object.entries(this.attributes);
  }

  merge(other: object | null): object {
    return other ?? this;
  }
}

/** What OpenTelemetry's exporters read of an ended span, in both lines. */
function readableSpan(span: TracedSpan, resource: BrowserResource, serverStartedAt: number) {
  const { kind, traceId, spanId, startedAt, durationMs, firstTextMs, paintedMs, outcome, status, errorType } = span;
  const from = boundedStart(startedAt, durationMs, serverStartedAt);
  const spanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  const moments = { [browserEvent.firstText]: firstTextMs, [browserEvent.painted]: paintedMs };
  return {
    name: kind,
    kind: SpanKind.CLIENT,
    spanContext: () => spanContext,
    parentSpanContext: undefined,
    startTime: hrTime(from),
    endTime: hrTime(from + durationMs),
    duration: hrTime(durationMs),
    ended: true,
    status: { code: outcome === "failed" ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: known({
      [browserAttribute.fromOutside]: true,
      [browserAttribute.outcome]: outcome,
      [attribute.httpStatus]: status,
      [attribute.errorType]: errorType,
      [browserAttribute.clockShiftSeconds]: from === startedAt ? undefined : (from - startedAt) / 1000,
    }),
    events: Object.entries(moments)
      .filter((moment): moment is [string, number] => moment[1] !== undefined)
      .map(([name, ms]) => ({ name, time: hrTime(from + Math.min(ms, durationMs)), attributes: {} })),
    links: [],
    resource,
    instrumentationScope: { name: "@aiwatch/browser" },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** The server's span began while the page's went on: where the page's clock says otherwise, it is wrong, and both begin together. */
function boundedStart(startedAt: number, durationMs: number, serverStartedAt: number): number {
  return startedAt <= serverStartedAt && serverStartedAt <= startedAt + durationMs ? startedAt : serverStartedAt;
}

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}

function hrTime(ms: number): HrTime {
  const micros = Math.round(ms * 1e3);
  return [Math.floor(micros / 1e6), (micros % 1e6) * 1e3];
}
