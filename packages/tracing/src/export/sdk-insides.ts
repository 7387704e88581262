import timers from "node:timers";
import type { SpanExporter } from "../sdk/types.ts";

/** What another one's object holds by that name: the SDK's private members, of which nothing is sure. */
function childOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** Reads how many spans of the export that ends now its collector took and then rejected, and forgets it. */
type TakeRejected = () => number;

interface ResponseHandler {
  handleResponse: (response: unknown) => void;
}

/**
 * Listens to the collector's answers. To the SDK a partial success is a success, which it writes to its log: it reports nowhere how many spans
 * were rejected, and hands its answers to an object that is private. One of another shape is left alone.
 * @returns to be called where an export ends: the SDK reads its answer just before, in the same turn
 */
export function hearRejected(exporter: SpanExporter): TakeRejected {
  let rejected = 0;
  const handler = childOf(childOf(exporter, "_delegate"), "_responseHandler");
  if (isHandler(handler)) {
    const original = handler.handleResponse;
    handler.handleResponse = (response) => {
      rejected = rejectedIn(response);
      Reflect.apply(original, handler, [response]);
    };
  }
  return () => {
    const taken = rejected;
    rejected = 0;
    return taken;
  };
}

function isHandler(handler: unknown): handler is ResponseHandler {
  return typeof childOf(handler, "handleResponse") === "function";
}

/** A 64-bit number: a text in JSON, and an object in older releases. An answer without one only warns. */
function rejectedIn(response: unknown): number {
  const rejected = Number(String(childOf(childOf(response, "partialSuccess"), "rejectedSpans")));
  return rejected > 0 ? rejected : 0;
}

/** As it is at load: a fake one that a test installs later would never try again. */
const { setTimeout } = timers;

type Send = (data: unknown, timeoutMs: number) => Promise<unknown>;

/** What we know of the SDK's transport that tries again. It is private: one of another shape is left alone. */
interface RetryingTransport {
  retry: (data: unknown, timeoutMs: number, inMs: number) => Promise<unknown>;
  readonly _transport: { readonly send: Send };
}

/**
 * The pause before the next attempt, up to seconds long, keeps the process alive no longer. Who waits for the attempt, as a flush does, keeps
 * it by itself.
 */
export function unrefRetries(exporter: SpanExporter): void {
  const transport = childOf(childOf(exporter, "_delegate"), "_transport");
  if (!isRetrying(transport)) return;
  const { _transport: inner } = transport;
  transport.retry = (data, timeoutMs, inMs) =>
    new Promise((resolve, reject) => {
      setTimeout(() => inner.send(data, timeoutMs).then(resolve, reject), inMs).unref();
    });
}

function isRetrying(transport: unknown): transport is RetryingTransport {
  const retry = childOf(transport, "retry");
  return (
    typeof retry === "function" &&
    retry.length === 3 &&
    typeof childOf(childOf(transport, "_transport"), "send") === "function"
  );
}
