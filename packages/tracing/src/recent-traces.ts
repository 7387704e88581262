import { cutText } from "@aiwatch/core/adapter";

export interface RecentTracesOptions {
  /** Past it, the trace that was silent for the longest is forgotten. @default 100 */
  readonly maxTraces?: number;
  /** Past it, further spans of that trace are left out. @default 200 */
  readonly maxSpansPerTrace?: number;
  /** Spans that are not kept, such as those of a page's own files: `true` alone leaves one out. A trace without spans is none. @default none */
  readonly ignore?: (span: EndedSpan) => boolean;
}

export interface RecentTracesListOptions {
  /** At most so many traces. @default all that are kept */
  readonly limit?: number;
}

/** A span processor that remembers. */
export interface RecentTraces {
  /**
   * The trace's ended spans in the order in which they started; `undefined` where none is known. Spans that began elsewhere, such as in a browser,
   * are put in by their start time.
   */
  find(traceId: string): RecentSpan[] | undefined;
  /**
   * The traces that are kept, the one whose last span ended last first. A trace is listed as soon as one of its spans has ended: more may come.
   * @example
   * const [latest] = recent.list({ limit: 1 });
   * console.log(latest?.traceId, latest?.spans.map(({ name }) => name));
   */
  list(options?: RecentTracesListOptions): RecentTrace[];
  onStart(span: object): void;
  onEnd(span: EndedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Keeps the last traces in memory, bounded, so that you can look at traces in development without a collector:
 * `startTracing({ spanProcessors: [recent] })`. What began elsewhere is kept as well: give its ended spans to `onEnd`.
 * @example
 * const recent = keepRecentTraces();
 * startTracing({ spanProcessors: [recent] });
 * recent.find(traceId);
 */
export function keepRecentTraces(options: RecentTracesOptions = {}): RecentTraces {
  const { maxTraces = 100, maxSpansPerTrace = 200, ignore } = options;
  // a Map keeps the order of insertion: the first key is the trace that was silent for the longest
  const traces = new Map<string, KeptSpan[]>();
  // the SDK's start times are whole milliseconds: too coarse to order by
  const order = new WeakMap<object, number>();
  let started = 0;
  return {
    find(traceId) {
      const kept = traces.get(traceId);
      return kept && spansOf(kept);
    },
    list: ({ limit = maxTraces } = {}) =>
      [...traces]
        .reverse()
        .slice(0, Math.max(0, limit))
        .map(([traceId, kept]) => ({ traceId, spans: spansOf(kept) })),
    onStart: (span) => {
      started += 1;
      order.set(span, started);
    },
    onEnd: (ended) => {
      if (ignore?.(ended) === true) return;
      const { traceId } = ended.spanContext();
      const spans = traces.get(traceId) ?? [];
      if (spans.length < maxSpansPerTrace) spans.push(keptSpan(ended, order.get(ended)));
      traces.delete(traceId);
      traces.set(traceId, spans);
      if (traces.size > maxTraces) forgetOldest(traces);
    },
    forceFlush: async () => undefined,
    shutdown: async () => traces.clear(),
  };
}

interface KeptSpan {
  /** Absent in one that did not begin here. */
  readonly order: number | undefined;
  readonly span: RecentSpan;
}

const keptSpan = (ended: EndedSpan, order: number | undefined): KeptSpan => ({
  order,
  span: recentSpan(ended, order === undefined),
});

/** Those of this process in the order in which they started, whatever the clock did meanwhile, and the others between them by their times. */
function spansOf(kept: readonly KeptSpan[]): RecentSpan[] {
  const ours = kept.filter(({ order }) => order !== undefined).sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const others = kept.filter(({ order }) => order === undefined).map(({ span }) => span);
  const sorted: RecentSpan[] = [];
  const rest = others.sort((a, b) => a.startTimeMs - b.startTimeMs);
  for (const { span } of ours) {
    while (rest[0] !== undefined && rest[0].startTimeMs <= span.startTimeMs) sorted.push(rest.shift() as RecentSpan);
    sorted.push(span);
  }
  return [...sorted, ...rest];
}

function forgetOldest(traces: Map<string, unknown>): void {
  const oldest = traces.keys().next();
  if (!oldest.done) traces.delete(oldest.value);
}

/** Seconds and nanoseconds, as OpenTelemetry counts. */
type HrTime = readonly [number, number];

/** What is read of the SDK's ended span, of either line; a span of another process may be a plain object. */
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

/** A trace as plain JSON. */
export interface RecentTrace {
  readonly traceId: string;
  /** In the order in which they started. */
  readonly spans: readonly RecentSpan[];
}

/** An ended span as plain JSON. */
export interface RecentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Absent in a root. */
  readonly parentSpanId?: string;
  /** It began elsewhere, such as in a browser: its times are those of another clock. Absent in a span of this process. */
  readonly foreign?: true;
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
function recentSpan(span: EndedSpan, isForeign: boolean): RecentSpan {
  const { traceId, spanId } = span.spanContext();
  const parentSpanId = span.parentSpanContext?.spanId;
  const { code, message } = span.status;
  return {
    name: cut(span.name),
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(isForeign && { foreign: true as const }),
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
