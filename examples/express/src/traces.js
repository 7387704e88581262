import { HttpError } from "./http-error.js";

/**
 * `GET /traces/:traceId`: the spans of a trace of late, so that one can be looked at with nothing else installed. A demonstration: an app
 * sends its spans to a back end, and asks that.
 *
 * @param {Pick<import("@aiwatch/tracing").RecentTraces, "find">} traces
 * @returns {import("express").RequestHandler<{ traceId: string }>}
 */
export function traceHandler(traces) {
  return function trace(req, res) {
    const { traceId } = req.params;
    if (!/^[0-9a-f]{32}$/.test(traceId)) throw new HttpError(400, "a trace id is 32 hexadecimal digits in lower case");
    res.set("cache-control", "no-store").json({ traceId, spans: traces.find(traceId) ?? [] });
  };
}
