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
export function recentSpan(span: EndedSpan): RecentSpan {
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
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text;
}
