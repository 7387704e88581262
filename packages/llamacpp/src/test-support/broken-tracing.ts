import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  type Span,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";

export function fail(): never {
  throw new Error("telemetry is broken");
}

const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

/** What of an app's tracing can be broken. */
export type TracingPart = keyof Span | "getTracer" | "startSpan" | "with" | "active";

/** Registers an app's tracing of which some parts throw. @returns tells how often they did */
export function breakTracing(parts: readonly TracingPart[]): () => number {
  let faults = 0;
  const failCounted = (): never => {
    faults += 1;
    return fail();
  };
  const broken = (part: TracingPart) => parts.includes(part);
  const span: Span = {
    ...trace.wrapSpanContext(ids),
    spanContext: () => ids,
    isRecording: () => true,
    setAttribute: () => span,
    setAttributes: () => span,
    addEvent: () => span,
    setStatus: () => span,
    end: () => {},
    ...Object.fromEntries(parts.map((part) => [part, failCounted])),
  };
  const tracer = { startSpan: broken("startSpan") ? failCounted : () => span };
  trace.setGlobalTracerProvider({
    getTracer: broken("getTracer") ? failCounted : () => tracer,
  } as unknown as TracerProvider);
  const manager: ContextManager = {
    active: broken("active") ? failCounted : () => ROOT_CONTEXT,
    with: broken("with") ? failCounted : (_context: Context, action, self, ...args) => action.apply(self, args),
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  return () => faults;
}

export function mendTracing(): void {
  trace.disable();
  context.disable();
}
