import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Context,
  context,
  defaultTextMapGetter,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
} from "@opentelemetry/api";
import { pino } from "pino";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { startDroppedSpans } from "../observing/conditions.ts";
import { nullLog } from "./observe.ts";
import { assertRecorded, type Check } from "./stacks.ts";

/** Observes a request and goes on. @param route the matched route's pattern, once the request has ended */
export type Middleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: () => void,
  route: () => string | undefined,
) => void;

export interface Comparison {
  readonly middleware: Middleware;
  readonly check: Check;
}

/**
 * The middleware that anybody writes in an hour: prom-client's counter, histogram and gauge, a request id in an `AsyncLocalStorage` and in the
 * answer's head; with all signals a span in the active context and a line of pino's, too.
 */
export function naive(signals: "metrics" | "all"): Comparison {
  const spans = signals === "all" ? startDroppedSpans() : undefined;
  const log = nullLog({ sync: false });
  const logger = signals === "all" ? pino({}, log.stream) : undefined;
  const scopes = new AsyncLocalStorage<{ readonly id: string }>();
  const { active, requests, seriesOf } = naiveMetrics();
  const middleware: Middleware = (req, res, next, route) => {
    const startedAt = performance.now();
    active.inc();
    const id = header(req, "x-request-id") ?? randomUUID();
    res.setHeader("x-request-id", id);
    const begun = spans && startSpan(req, id);
    res.on("close", () => {
      const durationMs = performance.now() - startedAt;
      active.dec();
      const matched = route() ?? "unmatched";
      const { duration, count } = seriesOf(req.method ?? "", matched, res.statusCode);
      duration.observe(durationMs / 1000);
      count.inc();
      if (begun !== undefined) endSpan(begun.span, req, res, matched);
      logger?.info(
        { ...fieldsOf(req, res, matched), requestId: id, ...idsOf(begun?.span), durationMs },
        "request completed",
      );
    });
    if (begun === undefined) scopes.run({ id }, next);
    else scopes.run({ id }, () => context.with(begun.context, next));
  };
  const counts = async () => (await requests.get()).values.reduce((sum, { value }) => sum + value, 0);
  return {
    middleware,
    async check(expected) {
      assertRecorded({ metrics: await counts() }, expected);
      if (spans !== undefined) assertRecorded({ lines: await log.lines(), spans: await spans.servers() }, expected);
    },
  };
}

function naiveMetrics() {
  const registers = [new Registry()];
  const labelNames = ["method", "route", "status"] as const;
  const durations = new Histogram({ name: "request_duration_seconds", help: "Durations", labelNames, registers });
  const requests = new Counter({ name: "requests_total", help: "Requests", labelNames, registers });
  const active = new Gauge({ name: "active_requests", help: "In flight", registers });
  const bound = (method: string, route: string, status: number) => {
    const labels = { method, route, status: String(status) };
    return { duration: durations.labels(labels), count: requests.labels(labels) };
  };
  const known = new Map<string, ReturnType<typeof bound>>();
  const seriesOf = (method: string, route: string, status: number) => {
    const key = method + route + status;
    const series = known.get(key) ?? bound(method, route, status);
    known.set(key, series);
    return series;
  };
  return { active, requests, seriesOf };
}

function startSpan(req: IncomingMessage, id: string): { readonly span: Span; readonly context: Context } {
  const parent = propagation.extract(ROOT_CONTEXT, req.headers, defaultTextMapGetter);
  const tracer = trace.getTracer("naive");
  const span = tracer.startSpan(req.method ?? "", { kind: SpanKind.SERVER, attributes: attributesOf(req, id) }, parent);
  return { span, context: trace.setSpan(parent, span) };
}

function endSpan(span: Span, req: IncomingMessage, res: ServerResponse, route: string): void {
  span.setAttribute("http.response.status_code", res.statusCode);
  span.updateName(`${req.method} ${route}`);
  span.setAttribute("http.route", route);
  span.end();
}

function attributesOf(req: IncomingMessage, id: string) {
  return {
    "http.request.method": req.method ?? "",
    "url.path": req.url ?? "",
    "url.scheme": "http",
    "network.protocol.version": req.httpVersion,
    "user_agent.original": header(req, "user-agent") ?? "",
    "aiwatch.request.id": id,
  };
}

function fieldsOf(req: IncomingMessage, res: ServerResponse, route: string) {
  const { method, url: path } = req;
  return { component: "http", method, path, route, status: res.statusCode, userAgent: header(req, "user-agent") };
}

function idsOf(span: Span | undefined) {
  const { traceId, spanId } = span?.spanContext() ?? {};
  return { traceId, spanId };
}

function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return typeof value === "string" ? value : undefined;
}

const observedAt = Symbol("what the floor keeps of a request");

interface Kept {
  readonly startedAt: number;
  readonly req: IncomingMessage;
  readonly span: Span;
}

/**
 * The least that metrics, a sampled span and a line can cost: one shared listener, numbers added in an array, the SDK's span, a line that is
 * put together by hand, one write for the requests of a turn. No context, no request id, no header, no guard against faults.
 */
export function signalFloor(): Comparison {
  const spans = startDroppedSpans();
  const tracer = trace.getTracer("floor");
  const log = nullLog({ sync: false });
  const metrics = floorMetrics();
  const lines = heldLines(log.stream);
  function onClose(this: ServerResponse & { [observedAt]?: Kept }) {
    const kept = this[observedAt];
    if (kept === undefined) return;
    const durationMs = performance.now() - kept.startedAt;
    metrics.add(durationMs / 1000);
    endSpan(kept.span, kept.req, this, "/items/:id");
    lines.add(floorLine(kept.req, this, durationMs));
  }
  return {
    middleware(req, res: ServerResponse & { [observedAt]?: Kept }, next) {
      const attributes = attributesOf(req, floorId);
      const span = tracer.startSpan("GET", { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
      res[observedAt] = { startedAt: performance.now(), req, span };
      res.on("close", onClose);
      next();
    },
    async check(expected) {
      assertRecorded({ metrics: metrics.count(), lines: await log.lines(), spans: await spans.servers() }, expected);
    },
  };
}

const floorId = "0b5e5b5c-8f3a-4c5d-9e6f-0123456789ab";

function floorMetrics() {
  const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  const buckets = new Float64Array(bounds.length + 1);
  let sum = 0;
  const add = (seconds: number) => {
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1;
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    sum += seconds;
  };
  return { add, sum: () => sum, count: () => buckets.reduce((total, count) => total + count, 0) };
}

function heldLines(stream: { write(text: string): unknown }) {
  let held = "";
  const flush = () => {
    const text = held;
    held = "";
    stream.write(text);
  };
  return {
    add(line: string) {
      if (held === "") setImmediate(flush);
      held += line;
    },
  };
}

function floorLine(req: IncomingMessage, res: ServerResponse, durationMs: number): string {
  const known = `{"level":"info","time":"2026-01-01T00:00:00.000Z","pid":12345,"hostname":"host","component":"http","requestId":"${floorId}"`;
  const measured = `"method":"GET","path":"${req.url}","route":"/items/:id","status":${res.statusCode},"durationMs":${Math.round(durationMs * 1000) / 1000}`;
  return `${known},${measured},"userAgent":"${req.headers["user-agent"]}","msg":"request completed"}\n`;
}
