import type { IncomingMessage, ServerResponse } from "node:http";
import { context } from "@opentelemetry/api";
import type { AiwatchHost } from "../aiwatch/host.ts";
import type { Instruments } from "../instruments/instruments.ts";
import { runIn } from "../tracing/run-in.ts";
import { spanIdsOf, spanReferenceOf } from "../tracing/span-ids.ts";
import { nameAnswer, nameOf } from "./answer-head.ts";
import { type Arrival, arrivalOf, nameTrace, recordOf } from "./build-record.ts";
import type { ExchangeEnd, RequestEnding } from "./ending.ts";
import { onceEnded } from "./exchange-end.ts";
import { isFirstDoor } from "./first-door.ts";
import type { LineIds } from "./host-line.ts";
import { HostLog } from "./host-log.ts";
import { keepScope } from "./keep-scope.ts";
import type { RequestDoor } from "./request-door.ts";
import { requestIdOf } from "./request-id.ts";
import { closeRequest, type RequestScope, requestScopes } from "./scope.ts";
import { type ServerSpan, type SpanEnd, startServerSpan, writeServerSpan } from "./server-span.ts";

/**
 * Observes one exchange from here to its end, and runs `handle` inside its scope and span. What `handle` returns or
 * throws passes unchanged. An exchange that is observed already is left alone.
 */
export function observeRequest<Result>(
  aiwatch: AiwatchHost,
  req: IncomingMessage,
  res: ServerResponse,
  door: RequestDoor,
  handle: () => Result,
): Result {
  if (!isFirstDoor(aiwatch, req)) return handle();
  return new ObservedRequest(aiwatch, req, res, door).run(handle);
}

/** One exchange from its arrival to its end. */
class ObservedRequest implements ExchangeEnd {
  readonly #aiwatch: AiwatchHost;
  readonly #req: IncomingMessage;
  readonly #door: RequestDoor;
  readonly #arrival: Arrival;
  readonly #scope: RequestScope;
  readonly #server: ServerSpan | undefined;
  readonly #log: HostLog;
  /** Those that count it from its beginning to its end, whatever instance takes over meanwhile. */
  readonly #instruments: Instruments;

  constructor(aiwatch: AiwatchHost, req: IncomingMessage, res: ServerResponse, door: RequestDoor) {
    this.#aiwatch = aiwatch;
    this.#req = req;
    this.#door = door;
    this.#arrival = arrivalOf(aiwatch);
    const { diagnostics, instruments } = aiwatch;
    const scope = scopeOf(req, res);
    this.#scope = scope;
    this.#server = diagnostics.guard("tracer", "starting a request's span", () => startSpan(req, door, scope));
    diagnostics.guard("route", "answering with the request's id", () => nameAnswer(res, scope.requestId));
    this.#log = new HostLog(aiwatch, { req, res }, door, () => this.#ids());
    this.#instruments = instruments;
    instruments.activeRequests.add({}, 1);
    onceEnded(req, res, this);
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

  finishing(): void {
    // a logger that came after something asynchronous is there by now, and writes its line next
    this.#log.join();
  }

  ended(ending: RequestEnding): void {
    const { diagnostics } = this.#aiwatch;
    this.#instruments.activeRequests.add({}, -1);
    diagnostics.guard("route", "closing a request's scope", () => closeRequest(this.#scope));
    diagnostics.guard("route", "ending a request", () => this.#record(ending));
  }

  #isInside(): boolean {
    return requestScopes().getStore() === this.#scope;
  }

  #enter<Result>(action: () => Result, report: (error: unknown) => void): Result {
    const contextOf = () => this.#server?.context ?? context.active();
    return requestScopes().run(this.#scope, () => runIn(contextOf, action, report));
  }

  #ids(): LineIds {
    return { requestId: this.#scope.requestId, ...spanIdsOf(() => this.#server?.span, this.#aiwatch.diagnostics) };
  }

  #record(ending: RequestEnding): void {
    const aiwatch = this.#aiwatch;
    const record = recordOf(aiwatch, this.#req, this.#door, this.#scope, this.#arrival, ending);
    if (this.#server !== undefined) {
      const { span } = this.#server;
      const ids = spanReferenceOf(() => span, aiwatch.diagnostics);
      if (ids !== undefined) nameTrace(record, ids);
      endServerSpan(aiwatch, this.#server, record);
    }
    this.#log.settle(ending, () => {
      record.logged = this.#log.isWritten(ending);
      aiwatch.requestEnded(Object.freeze(record));
    });
  }
}

/** Where the app has named the request before us, in the answer's header, its name holds; else what another instance has named it. */
function scopeOf(req: IncomingMessage, res: ServerResponse): RequestScope {
  const given = res.getHeader("x-request-id") ?? nameOf(res) ?? req.headers["x-request-id"];
  return { requestId: requestIdOf(given), chat: false, closed: false };
}

/** Records one exchange of AIWatch's own routes: counted and timed, never active, and without a span. */
export function observeOwnRequest(
  aiwatch: AiwatchHost,
  req: IncomingMessage,
  res: ServerResponse,
  door: RequestDoor,
): void {
  if (!isFirstDoor(aiwatch, req)) return;
  const arrival = arrivalOf(aiwatch);
  const scope = scopeOf(req, res);
  const ended = (ending: RequestEnding) => {
    aiwatch.diagnostics.guard("route", "ending a request", () => {
      const record = recordOf(aiwatch, req, door, scope, arrival, ending);
      record.own = true;
      // a readiness of 503 is an answer, not a failure; a route that breaks is in telemetry_errors_total
      delete record.failure;
      aiwatch.requestEnded(Object.freeze(record));
    });
  };
  onceEnded(req, res, { finishing() {}, ended });
}

function startSpan(req: IncomingMessage, door: RequestDoor, { requestId }: RequestScope): ServerSpan {
  const { headers, httpVersion, method = "GET" } = req;
  // an adapter may have no socket
  const scheme = Reflect.get(req.socket ?? {}, "encrypted") === true ? "https" : "http";
  const { path, outsideParents } = door;
  return startServerSpan({ method, path, scheme, headers, protocolVersion: httpVersion, requestId, outsideParents });
}

/** Whatever cannot be written: a span that is never ended is never sent. The app's own is ended by the app. */
function endServerSpan({ diagnostics }: AiwatchHost, { span, foreign }: ServerSpan, end: SpanEnd): void {
  diagnostics.guard("tracer", "writing a request's span", () => writeServerSpan(span, end));
  if (!foreign) diagnostics.guard("tracer", "ending a request's span", () => span.end());
}
