import type { SpanExporter } from "../sdk/types.ts";
import { childOf } from "./child-of.ts";

/** Reads how many spans of the export that ends now its collector took and then rejected, and forgets it. */
export type TakeRejected = () => number;

interface ResponseHandler {
  handleResponse: (response: unknown) => void;
}

/**
 * Listens to the collector's answers. To the SDK a partial success is a success, which it writes to its log: it tells nobody how many spans
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
