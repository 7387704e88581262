import { types } from "node:util";
import {
  type Attributes,
  INVALID_SPAN_CONTEXT,
  type Span,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Diagnostics } from "../base/diagnostics.ts";
import { defaultDiagnostics } from "../base/diagnostics.ts";
import { errorName } from "../base/errors.ts";
import { defaultOf } from "../base/process-wide.ts";
import { activeContextWith, runIn } from "./context.ts";
import { attribute } from "./semconv.ts";

/** A span that ends by itself where `using` holds it. */
export type DisposableSpan = Span & Disposable;

/**
 * The tracer of whatever SDK the app has now. Asked for at each operation (190 ns): one kept from before the app registered its provider
 * would record nothing for ever, and whom a provider hands on to is known to itself alone.
 */
export function currentTracer(): Tracer {
  return trace.getTracer("@aiwatch/core");
}

/**
 * Starts a span, a child of the active one. It is not made the active one: what runs meanwhile has the same parent as before. End it with
 * `end()`, or hold it with `using`.
 */
export function startSpan(name: string, attributes: Attributes = {}): DisposableSpan {
  const span = beginSpan(name, attributes);
  return Object.assign(span, { [Symbol.dispose]: () => finishSpan(span) });
}

/**
 * Runs `action` inside a span that is active meanwhile and ends with it. An error marks the span and is thrown on; its message is left
 * out of the span, since messages can hold content. An `AbortError` is thrown on and marks nothing. A fault of the app's tracing is
 * reported and changes none of this.
 * @returns what `action` returned; a promise stays the same promise. The span ends with a promise, and at once with any other thenable: a
 *   query that runs whenever it is awaited would run twice
 */
export function withSpan<Result>(name: string, action: (span: Span) => Result, attributes: Attributes = {}): Result {
  const span = beginSpan(name, attributes);
  return runIn(
    () => activeContextWith(span),
    () => endWith(span, () => action(span)),
    (error) => defaultDiagnostics().fault("tracer", "activating a span", error),
  );
}

function beginSpan(name: string, attributes: Attributes): Span {
  const begin = () => currentTracer().startSpan(name, { attributes });
  return defaultDiagnostics().guard("tracer", "starting a span", begin) ?? silentSpan();
}

function finishSpan(span: Span, mark: () => void = () => {}): void {
  defaultDiagnostics().guard("tracer", "ending a span", () => {
    mark();
    span.end();
  });
}

function endWith<Result>(span: Span, action: () => Result): Result {
  let result: Result;
  try {
    result = action();
  } catch (error) {
    finishSpan(span, () => failSpan(span, error));
    throw error;
  }
  if (types.isPromise(result)) {
    result.then(
      () => finishSpan(span),
      (error: unknown) => finishSpan(span, () => failSpan(span, error)),
    );
  } else {
    finishSpan(span);
  }
  return result;
}

/** Marks a span as failed by the error's class; never by its message. An abort is the caller's wish and no failure. */
function failSpan(span: Span, error: unknown): void {
  if (error instanceof Error && error.name === "AbortError") return;
  const type = errorName(error);
  span.setAttribute(attribute.errorType, type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The ids of a span, as they stand in records, logs and exemplars. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The ids, and whether anybody keeps what they name. */
export interface SpanReference extends SpanIds {
  /** Whether the trace is sampled: one that is not will be found nowhere. */
  readonly sampled: boolean;
}

/** The ids of `spanOf()`; nothing where the app has no tracing, there is no span, or the app's tracing is at fault, which is reported. */
export function spanIdsOf(spanOf: () => Span | undefined, diagnostics: Diagnostics): SpanIds | undefined {
  const reference = spanReferenceOf(spanOf, diagnostics);
  return reference === undefined ? undefined : { traceId: reference.traceId, spanId: reference.spanId };
}

/** The ids of `spanOf()` for a record. */
export function spanReferenceOf(spanOf: () => Span | undefined, diagnostics: Diagnostics): SpanReference | undefined {
  const span = diagnostics.guard("tracer", readingIds, spanOf);
  return span === undefined ? undefined : referenceTo(span, diagnostics);
}

const readingIds = "reading a span's ids";

/** The ids of a span for a record; undefined where it has none, or the app's tracing is at fault, which is reported. */
export function referenceTo(span: Span, diagnostics: Diagnostics): SpanReference | undefined {
  try {
    const spanContext = span.spanContext();
    if (!trace.isSpanContextValid(spanContext)) return undefined;
    const { traceId, spanId, traceFlags } = spanContext;
    return { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED };
  } catch (error) {
    diagnostics.fault("tracer", readingIds, error);
    return undefined;
  }
}

/** A span that takes everything and tells nobody, where none could be had. */
export function silentSpan(): Span {
  return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
}

interface SpanCounter {
  readonly diagnostics: Diagnostics;
  readonly instruments: { readonly spansDropped: { add(labels: object, amount: number): void } };
}

/**
 * Counts spans that a pipeline lost, in `spans_dropped_total` of the default instance. Not a line: a collector that is down is nothing that the
 * app should hear of at every batch.
 */
export function reportDroppedSpans(spans: number): void {
  const { instance } = defaultOf<SpanCounter>();
  instance?.diagnostics.guard("registry", "counting dropped spans", () =>
    instance.instruments.spansDropped.add({}, spans),
  );
}
