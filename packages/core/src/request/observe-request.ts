import type { IncomingMessage, ServerResponse } from "node:http";
import { context } from "@opentelemetry/api";
import type { Aiwatch } from "../aiwatch.ts";
import { sharedState } from "../state.ts";
import { runIn } from "../tracing/run-in.ts";
import { type SpanReference, spanIdsOf, spanReferenceOf } from "../tracing/span-ids.ts";
import type { RequestEnding } from "./ending.ts";
import type { HostLine, LineIds } from "./host-line.ts";
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
  userOf(): string | undefined;
  /** Lets the framework's own logger of the request name the ids. @returns nothing where there is none */
  joinLog?(idsOf: () => LineIds): HostLine | undefined;
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
  if (!isFirstDoor(aiwatch, req)) return handle();
  return new ObservedRequest(aiwatch, req, res, door).run(handle);
}

/** One exchange from its arrival to the close of its response. */
class ObservedRequest {
  readonly #aiwatch: Aiwatch;
  readonly #req: IncomingMessage;
  readonly #door: RequestDoor;
  readonly #arrival: Arrival;
  readonly #scope: RequestScope;
  readonly #server: ServerSpan | undefined;
  readonly #log: HostLog;

  constructor(aiwatch: Aiwatch, req: IncomingMessage, res: ServerResponse, door: RequestDoor) {
    this.#aiwatch = aiwatch;
    this.#req = req;
    this.#door = door;
    this.#arrival = arrivalOf(aiwatch);
    const { diagnostics, instruments } = aiwatch;
    const scope = scopeOf(req, res);
    this.#scope = scope;
    this.#server = diagnostics.guard("tracer", "starting a request's span", () => startSpan(req, door, scope));
    diagnostics.guard("route", "answering with the request's id", () => nameRequest(res, scope.requestId));
    this.#log = new HostLog(aiwatch, { req, res }, door, () => this.#ids());
    instruments.activeRequests.add({}, 1);
    onceClosed(req, res, this.#server?.foreign ?? true, (ending) => this.#closed(ending));
    // a fault of the app's tracing is told once for a request
    keepScope(req, { isInside: () => this.#isInside(), enter: (action) => this.#enter(action, () => {}) });
  }

  run<Result>(handle: () => Result): Result {
    const { diagnostics } = this.#aiwatch;
    const inside = () => {
      const result = handle();
      // a logger that is mounted behind this door is there now, and has not written its line yet
      this.#log.join();
      return result;
    };
    return this.#enter(inside, (error) => diagnostics.fault("tracer", "activating a request's span", error));
  }

  #isInside(): boolean {
    return sharedState().scopes.getStore() === this.#scope;
  }

  #enter<Result>(action: () => Result, report: (error: unknown) => void): Result {
    const contextOf = () => this.#server?.context ?? context.active();
    return sharedState().scopes.run(this.#scope, () => runIn(contextOf, action, report));
  }

  #ids(): LineIds {
    return { requestId: this.#scope.requestId, ...spanIdsOf(() => this.#server?.span, this.#aiwatch.diagnostics) };
  }

  #closed(ending: RequestEnding): void {
    const { diagnostics, instruments } = this.#aiwatch;
    instruments.activeRequests.add({}, -1);
    diagnostics.guard("route", "ending a request", () => this.#end(ending));
  }

  #end(ending: RequestEnding): void {
    const aiwatch = this.#aiwatch;
    const record = recordOf(aiwatch, this.#req, this.#door, this.#scope, this.#arrival, ending);
    if (this.#server !== undefined) {
      const { span } = this.#server;
      const ids = spanReferenceOf(() => span, aiwatch.diagnostics);
      if (ids !== undefined) nameTrace(record, ids);
      endServerSpan(aiwatch, this.#server, record);
    }
    this.#log.settle(() => {
      record.logged = this.#log.isWritten();
      aiwatch.requestEnded(Object.freeze(record));
    });
  }
}

/** Whose instruments count a request already. */
const observedBy: unique symbol = Symbol.for("@aiwatch/core/observed-by");

type Marked = IncomingMessage & { readonly [observedBy]?: object[] };

/**
 * A door that is mounted twice must not count a request again. It is marked by a property of its own that is not enumerable: what an app makes
 * from it by copying is another request. A WeakSet would make each garbage collection dearer, and is for requests that cannot be marked.
 */
function isFirstDoor({ instruments }: Aiwatch, req: Marked): boolean {
  const seen = Object.hasOwn(req, observedBy) ? req[observedBy] : undefined;
  if (seen === undefined) {
    return Reflect.defineProperty(req, observedBy, { value: [instruments] }) || !isKnown(instruments, req);
  }
  if (seen.includes(instruments)) return false;
  seen.push(instruments);
  return true;
}

function isKnown(instruments: object, req: IncomingMessage): boolean {
  const { unmarkable } = sharedState();
  const seen = unmarkable.get(req);
  if (seen === undefined) unmarkable.set(req, new Set([instruments]));
  else if (seen.has(instruments)) return true;
  else seen.add(instruments);
  return false;
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
  if (!isFirstDoor(aiwatch, req)) return;
  const arrival = arrivalOf(aiwatch);
  const scope = scopeOf(req, res);
  onceClosed(req, res, false, (ending) => {
    aiwatch.diagnostics.guard("route", "ending a request", () => {
      const record = recordOf(aiwatch, req, door, scope, arrival, ending);
      record.own = true;
      // a readiness of 503 is an answer, not a failure; a route that breaks is in telemetry_errors_total
      delete record.failure;
      aiwatch.requestEnded(Object.freeze(record));
    });
  });
}

interface Arrival {
  readonly at: number;
  readonly date: Date;
}

function arrivalOf({ clock }: Aiwatch): Arrival {
  return { at: clock.now(), date: new Date() };
}

function startSpan(req: IncomingMessage, door: RequestDoor, { requestId }: RequestScope): ServerSpan {
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

function nameTrace(record: Unfinished<RequestRecord>, { traceId, spanId, sampled }: SpanReference): void {
  record.traceId = traceId;
  record.spanId = spanId;
  record.sampled = sampled;
}

type Unfinished<Record> = { -readonly [Key in keyof Record]: Record[Key] };

/** What can be told without the span and the app's log; one object from here to its freezing. */
function recordOf(
  { clock, diagnostics }: Aiwatch,
  req: IncomingMessage,
  door: RequestDoor,
  { requestId, chat }: RequestScope,
  arrival: Arrival,
  { status, aborted, failure }: RequestEnding,
): Unfinished<RequestRecord> {
  const durationMs = clock.now() - arrival.at;
  const record: Unfinished<RequestRecord> = {
    requestId,
    method: req.method ?? "GET",
    path: door.path,
    route: diagnostics.guard("route", "finding the route's template", () => door.routeOf()) ?? "/*",
    status,
    durationMs,
    startedAt: arrival.date,
    aborted,
    logged: false,
    own: false,
    chat,
  };
  const userAgent = req.headers["user-agent"];
  if (userAgent !== undefined) record.userAgent = userAgent;
  const user: unknown = diagnostics.guard("route", "the option userOf", () => door.userOf());
  if (typeof user === "string" || typeof user === "number") record.user = String(user);
  if (failure !== undefined) record.failure = failure;
  return record;
}
