import type { IncomingMessage, ServerResponse } from "node:http";
import { context, type Span } from "@opentelemetry/api";
import type { Aiwatch } from "../aiwatch.ts";
import { sharedState } from "../state.ts";
import { runIn } from "../tracing/run-in.ts";
import { spanIdsOf, spanReferenceOf } from "../tracing/span-ids.ts";
import type { RequestEnding } from "./ending.ts";
import type { JoinLog } from "./host-line.ts";
import { HostLog } from "./host-log.ts";
import { keepScope } from "./keep-scope.ts";
import { onceClosed } from "./once-closed.ts";
import type { RequestRecord } from "./record.ts";
import { requestIdOf } from "./request-id.ts";
import type { RequestScope } from "./scope.ts";
import { type ServerSpan, type SpanEnd, startServerSpan, writeServerSpan } from "./server-span.ts";

/** What a framework's door knows better than the request itself. */
export interface RequestDoor {
  /** The path as it was asked for, without its query. */
  readonly path: string;
  /** The route's template once the response is closed; `unmatched` where no route took the request. */
  routeOf(): string;
  /** Whom to name in the request's line: the app's own code, which may throw. */
  userOf?(): string | undefined;
  /** How the framework keeps a request's logger. */
  readonly joinLog?: JoinLog;
}

/**
 * Observes one exchange from here to the close of its response, and runs `handle` inside its scope and span. What `handle` returns or
 * throws passes unchanged. An exchange that is observed already is left alone.
 */
export function observeRequest<Result>(
  aiwatch: Aiwatch,
  req: IncomingMessage,
  res: ServerResponse,
  door: RequestDoor,
  handle: () => Result,
): Result {
  if (!isFirstDoor(aiwatch.instruments, req)) return handle();
  const { clock, diagnostics } = aiwatch;
  const arrived = clock.now();
  const startedAt = new Date();
  const scope = scopeOf(req, res);
  const server = diagnostics.guard("tracer", "starting a request's span", () => start(req, door, scope));
  diagnostics.guard("route", "answering with the request's id", () => nameRequest(res, scope.requestId));
  const idsOf = () => ({ requestId: scope.requestId, ...spanIdsOf(() => server?.span, diagnostics) });
  const log = new HostLog(aiwatch, { req, res }, door.joinLog, idsOf);
  aiwatch.instruments.activeRequests.add({}, 1);
  onceClosed(req, res, server?.foreign ?? true, (ending) => {
    aiwatch.instruments.activeRequests.add({}, -1);
    diagnostics.guard("route", "ending a request", () => {
      const times = { durationMs: clock.now() - arrived, startedAt };
      const record = recordOf(aiwatch, req, door, scope, server?.span, { ...times, ...ending });
      if (server !== undefined) endServerSpan(aiwatch, server, record);
      log.settle((logged) => aiwatch.requestEnded(Object.freeze({ ...record, logged })));
    });
  });
  const report = (error: unknown) => diagnostics.fault("tracer", "activating a request's span", error);
  const { scopes } = sharedState();
  const enter = <Returned>(action: () => Returned, onFault: typeof report) =>
    scopes.run(scope, () => runIn(() => server?.context ?? context.active(), action, onFault));
  const inside = () => {
    const result = handle();
    // a logger that is mounted behind this door is there now, and has not written its line yet
    log.join();
    return result;
  };
  // a fault of the app's tracing is told once for a request
  keepScope(
    req,
    () => scopes.getStore() === scope,
    (action) => enter(action, () => {}),
  );
  return enter(inside, report);
}

function isFirstDoor(instruments: Aiwatch["instruments"], req: IncomingMessage): boolean {
  const { observedRequests } = sharedState();
  const seen = observedRequests.get(instruments);
  if (seen === undefined) observedRequests.set(instruments, new WeakSet([req]));
  else if (seen.has(req)) return false;
  else seen.add(req);
  return true;
}

/** Where the app has named the request before us, in the answer's header, its name holds. */
function scopeOf(req: IncomingMessage, res: ServerResponse): RequestScope {
  return { requestId: requestIdOf(res.getHeader("x-request-id") ?? req.headers["x-request-id"]), chat: false };
}

/** Records one exchange of AIWatch's own routes: counted and timed, never active, and without a span. */
export function observeOwnRequest(
  aiwatch: Aiwatch,
  req: IncomingMessage,
  res: ServerResponse,
  door: RequestDoor,
): void {
  if (!isFirstDoor(aiwatch.instruments, req)) return;
  const { clock, diagnostics } = aiwatch;
  const arrived = clock.now();
  const startedAt = new Date();
  const scope = scopeOf(req, res);
  onceClosed(req, res, false, (ending) => {
    diagnostics.guard("route", "ending a request", () => {
      const times = { durationMs: clock.now() - arrived, startedAt };
      // a readiness of 503 is an answer, not a failure; a route that breaks is in telemetry_errors_total
      const { failure: _, ...record } = recordOf(aiwatch, req, door, scope, undefined, { ...times, ...ending });
      aiwatch.requestEnded(Object.freeze({ ...record, logged: false, own: true }));
    });
  });
}

function start(req: IncomingMessage, door: RequestDoor, { requestId }: RequestScope): ServerSpan {
  const { headers, httpVersion, method = "GET" } = req;
  const scheme = "encrypted" in req.socket && req.socket.encrypted === true ? "https" : "http";
  return startServerSpan({ method, path: door.path, scheme, headers, protocolVersion: httpVersion, requestId });
}

/** Whatever cannot be written: a span that is never ended is never sent. The app's own is ended by the app. */
function endServerSpan({ diagnostics }: Aiwatch, { span, foreign }: ServerSpan, end: SpanEnd): void {
  diagnostics.guard("tracer", "writing a request's span", () => writeServerSpan(span, end));
  if (!foreign) diagnostics.guard("tracer", "ending a request's span", () => span.end());
}

function nameRequest(res: ServerResponse, requestId: string): void {
  if (!res.headersSent && !res.hasHeader("x-request-id")) res.setHeader("x-request-id", requestId);
}

/** What was measured of an exchange. */
type Measured = RequestEnding & Pick<RequestRecord, "durationMs" | "startedAt">;

function recordOf(
  { diagnostics }: Aiwatch,
  req: IncomingMessage,
  door: RequestDoor,
  scope: RequestScope,
  span: Span | undefined,
  measured: Measured,
): Omit<RequestRecord, "logged"> {
  const userAgent = req.headers["user-agent"];
  const user: unknown = diagnostics.guard("route", "the option userOf", () => door.userOf?.());
  return {
    requestId: scope.requestId,
    method: req.method ?? "GET",
    path: door.path,
    route: diagnostics.guard("route", "finding the route's template", () => door.routeOf()) ?? "/*",
    ...measured,
    ...(userAgent !== undefined && { userAgent }),
    ...((typeof user === "string" || typeof user === "number") && { user: String(user) }),
    own: false,
    chat: scope.chat,
    ...spanReferenceOf(() => span, diagnostics),
  };
}
