import timers from "node:timers";
import type { SpanExporter } from "../sdk/types.ts";
import { childOf } from "./child-of.ts";

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
