import { cutText } from "@aiwatch/core/adapter";
export interface RecentTracesOptions {
  /** Past it, the trace that was silent for the longest is forgotten. @default 100 */
  readonly maxTraces?: number;
  /** Past it, further spans of that trace are left out. @default 200 */
  readonly maxSpansPerTrace?: number;
}

/** A span processor that remembers. */
export interface RecentTraces {
  /** The trace's ended spans in the order in which they started; `undefined` where none is known. */
  find(traceId: string): RecentSpan[] | undefined;
  onStart(span: object): void;
  onEnd(span: EndedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Keeps the last traces in memory, bounded, so that you can look at a trace in development without a collector:
 * `startTracing({ spanProcessors: [recent] })`.
 * @example
 * const recent = keepRecentTraces();
 * startTracing({ spanProcessors: [recent] });
 * recent.find(traceId);
 */
export function keepRecentTraces({ maxTraces = 100, maxSpansPerTrace = 200 }: RecentTracesOptions = {}): RecentTraces {
  // a Map keeps the order of insertion: the first key is the trace that was silent for the longest
  const traces = new Map<string, KeptSpan[]>();
  // the SDK's start times are whole milliseconds: too coarse to order by
  const order = new WeakMap<object, number>();
  let started = 0;
  return {
    find: (traceId) =>
      traces
        .get(traceId)
        ?.toSorted((a, b) => a.order - b.order)
        .map(({ span }) => span),
    onStart: (span) => {
      started += 1;
      order.set(span, started);
    },
    onEnd: (ended) => {
      const { traceId } = ended.spanContext();
      const spans = traces.get(traceId) ?? [];
      if (spans.length < maxSpansPerTrace) spans.push({ order: order.get(ended) ?? started, span: recentSpan(ended) });
      traces.delete(traceId);
      traces.set(traceId, spans);
      if (traces.size > maxTraces) forgetOldest(traces);
    },
    forceFlush: async () => undefined,
    shutdown: async () => traces.clear(),
  };
}

interface KeptSpan {
  readonly order: number;
  readonly span: RecentSpan;
}

function forgetOldest(traces: Map<string, unknown>): void {
  const oldest = traces.keys().next();
  if (!oldest.done) traces.delete(oldest.value);
}

/** Seconds and nanoseconds, as OpenTelemetry counts. */
type HrTime = readonly [number, number];

/** What is read of the SDK's ended span, of either line. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: number;
  spanContext(): { readonly traceId: string; readonly spanId: string };
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  readonly startTime: HrTime;
  readonly duration: HrTime;
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly time: HrTime;
    readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  }[];
}

type PlainValue = string | number | boolean | null | readonly PlainValue[];
export type PlainAttributes = Readonly<Record<string, PlainValue>>;

export interface RecentEvent {
  readonly name: string;
  /** Milliseconds since the epoch, with fractions. */
  readonly timeMs: number;
  readonly attributes: PlainAttributes;
}

/** An ended span as plain JSON. */
export interface RecentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Absent in a root. */
  readonly parentSpanId?: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  /** Milliseconds since the epoch, with fractions. */
  readonly startTimeMs: number;
  readonly durationMs: number;
  readonly status: { readonly code: "unset" | "ok" | "error"; readonly message?: string };
  readonly attributes: PlainAttributes;
  readonly events: readonly RecentEvent[];
}

const kinds = ["internal", "server", "client", "producer", "consumer"] as const;
const codes = ["unset", "ok", "error"] as const;
const maxTextLength = 1_024;
const maxItems = 128;

/** A copy that keeps nothing of the SDK's alive, cut where a text is very long. */
function recentSpan(span: EndedSpan): RecentSpan {
  const { traceId, spanId } = span.spanContext();
  const parentSpanId = span.parentSpanContext?.spanId;
  const { code, message } = span.status;
  return {
    name: cut(span.name),
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    kind: kinds[span.kind] ?? "internal",
    startTimeMs: milliseconds(span.startTime),
    durationMs: milliseconds(span.duration),
    status: { code: codes[code] ?? "unset", ...(message !== undefined && { message: cut(message) }) },
    attributes: plainAttributes(span.attributes),
    events: span.events.slice(0, maxItems).map(({ name, time, attributes = {} }) => ({
      name: cut(name),
      timeMs: milliseconds(time),
      attributes: plainAttributes(attributes),
    })),
  };
}

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}

function plainAttributes(attributes: Readonly<Record<string, unknown>>): PlainAttributes {
  const entries = Object.entries(attributes).slice(0, maxItems);
  return Object.fromEntries(entries.map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): PlainValue {
  if (Array.isArray(value)) return value.slice(0, maxItems).map(plainValue);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "boolean" || value === null || value === undefined) return value ?? null;
  return cut(String(value));
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${cutText(text, maxTextLength - 1)}…` : text;
}
