import { type Attributes, context, type Span, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

/** A span that ends by itself where `using` holds it. */
export type DisposableSpan = Span & Disposable;

/**
 * The tracer of whatever SDK the app has now. Asked for at each operation (190 ns): one kept from before the app registered its provider
 * would record nothing for ever.
 */
export function currentTracer(): Tracer {
  return trace.getTracer("@aiwatch/core");
}

/**
 * Starts a span, a child of the active one. It is not made the active one: what runs meanwhile has the same parent as before. End it with
 * `end()`, or hold it with `using`.
 */
export function startSpan(name: string, attributes: Attributes = {}): DisposableSpan {
  const span = currentTracer().startSpan(name, { attributes });
  return Object.assign(span, { [Symbol.dispose]: () => span.end() });
}

/**
 * Runs `action` inside a span that is active meanwhile and ends with it. An error marks the span and is thrown on; its message is left
 * out of the span, since messages can hold content. An `AbortError` is thrown on and marks nothing.
 * @returns what `action` returned; a promise stays the same promise
 */
export function withSpan<Result>(name: string, action: (span: Span) => Result, attributes: Attributes = {}): Result {
  const span = currentTracer().startSpan(name, { attributes });
  return context.with(trace.setSpan(context.active(), span), () => endWith(span, () => action(span)));
}

function endWith<Result>(span: Span, action: () => Result): Result {
  let result: Result;
  try {
    result = action();
  } catch (error) {
    failSpan(span, error);
    span.end();
    throw error;
  }
  if (isThenable(result)) {
    result.then(
      () => span.end(),
      (error: unknown) => {
        failSpan(span, error);
        span.end();
      },
    );
    return result;
  }
  span.end();
  return result;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Marks a span as failed by the error's class; never by its message. An abort is the caller's wish and no failure. */
function failSpan(span: Span, error: unknown): void {
  if (error instanceof Error && error.name === "AbortError") return;
  const type = errorName(error);
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** An error's `code` where it has one, else its class. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ("code" in error && typeof error.code === "string" && /^[\w.-]{1,64}$/.test(error.code)) return error.code;
  return error.name === "Error" ? error.constructor.name : error.name;
}
