import { type EndedSpan, type RecentSpan, recentSpan } from "./recent-span.ts";

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
 * Keeps the last traces in memory, bounded, so that a trace can be looked at in development with no collector:
 * `startTracing({ spanProcessors: [recent] })`.
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
