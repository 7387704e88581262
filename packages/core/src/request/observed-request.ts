import { AsyncResource } from "node:async_hooks";
import { context } from "@opentelemetry/api";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { afterTurn, type Ended } from "../base/after-turn.ts";
import type { Instruments } from "../instruments/instruments.ts";
import { attach, hasContextManager, runIn, runWith } from "../tracing/context.ts";
import { referenceTo, spanIdsOf } from "../tracing/span.ts";
import type { RequestEnding } from "./ending.ts";
import type { ExchangeBinding, ExchangeOwner, FrameworkView, HostLine, LineIds, LoggedRequest } from "./exchange.ts";
import { closeRequest, contextsAreFrames, type RequestScope, requestScopes } from "./scope.ts";
import { endServerSpan, noSpan, type OutsideParents, type ServerSpan, startServerSpan } from "./server-span.ts";
import { TimedRequest } from "./timed-request.ts";

/** What a door knows better than the requests that come through it. Nothing of it throws. */
export interface RequestDoor {
  readonly aiwatch: AiwatchHost;
  /** What a caller's trace headers may do. */
  readonly outsideParents: OutsideParents;
  /** The template by which records and metrics name a request's route. @param path as it was asked for, without its query */
  routeOf(view: FrameworkView, path: string): string;
  /** Whom to name in a request's line. */
  userOf(view: FrameworkView): string | undefined;
  /** The app's tracing failed to run a request inside its span. */
  readonly reportActivation: (error: unknown) => void;
}

const noLabels = {};
const manual = { requireManualDestroy: true };

/**
 * An app's request, with the scope and the span that its handlers run in. It knows its exchange by a binding and its framework by a view, and the
 * classes of neither.
 */
export class ObservedRequest extends TimedRequest<RequestDoor> implements ExchangeOwner, LoggedRequest, Ended {
  readonly #view: FrameworkView;
  /** Those that count it from its beginning to its end, whatever instance takes over meanwhile. */
  readonly #instruments: Instruments;
  readonly #server: ServerSpan | undefined;
  #line: HostLine | undefined = undefined;

  /** @param path as it was asked for, without its query */
  constructor(door: RequestDoor, exchange: ExchangeBinding, view: FrameworkView, path: string) {
    super(door, exchange, path);
    this.#view = view;
    this.#instruments = door.aiwatch.instruments;
    this.#server = this.#startSpan();
    this.#nameAnswer();
    this.#joinLog(view);
    this.#instruments.activeRequests.add(noLabels, 1);
    exchange.watchEnd(this);
    exchange.keepScope(this);
  }

  get own(): boolean {
    return false;
  }

  /** Runs the app's handler: what it returns or throws passes unchanged. */
  run<Result>(handle: () => Result): Result {
    const result = this.#enter(handle, this.door.reportActivation);
    // a logger that is mounted behind this door is there now, and has not written its line yet
    this.#joinLog();
    return result;
  }

  isInside(): boolean {
    return requestScopes().getStore() === this.scope;
  }

  enter<Result>(action: () => Result): Result {
    // a fault of the app's tracing is reported once for a request, by `run`
    return this.#enter(action, ignore);
  }

  /**
   * Where contexts are frames, a resource leads back to its caller's context for nothing, from the scope and from the span's context; leaving `run`
   * of a storage makes another frame. Where they hang on resources, what the app enters by itself would hang on ours, and be lost to the request's
   * later events.
   */
  #enter<Result>(action: () => Result, report: (error: unknown) => void): Result {
    if (!contextsAreFrames()) return requestScopes().run(this.scope, runInSpan<Result>, this.#server, action, report);
    const resource = new AsyncResource("AIWATCH_REQUEST", manual);
    try {
      return resource.runInAsyncScope(runInScope<Result>, this.scope, this.#server, action, report);
    } finally {
      resource.emitDestroy();
    }
  }

  lineIds(): LineIds {
    const ids = spanIdsOf(() => this.#server?.span, this.aiwatch.diagnostics);
    return { requestId: this.scope.requestId, ...ids };
  }

  finishing(): void {
    // a logger that came after something asynchronous is there by now, and writes its line next
    this.#joinLog();
  }

  ended(ending: RequestEnding): void {
    const { diagnostics } = this.aiwatch;
    this.#instruments.activeRequests.add(noLabels, -1);
    try {
      closeRequest(this.scope, ending);
    } catch (error) {
      diagnostics.fault("route", "closing a request's scope", error);
    }
    try {
      this.#end(ending);
    } catch (error) {
      diagnostics.fault("route", "ending a request", error);
    }
  }

  #end(ending: RequestEnding): void {
    this.endWith(ending);
    this.route = this.door.routeOf(this.#view, this.path);
    this.user = this.door.userOf(this.#view);
    if (this.#server !== undefined && this.#server !== noSpan) this.#endSpan(this.#server);
    this.#joinLog();
    const keepsContext = this.aiwatch.observesRequests;
    // the line of an answer that was broken off is written by a listener that may come after this one
    if (this.#line === undefined || ending.finished) afterTurn(this, keepsContext);
    else process.nextTick(afterTurn, this, keepsContext);
  }

  /** The end of the event loop's turn. */
  notify(): void {
    try {
      this.aiwatch.recorder.requestEnded(this);
      this.aiwatch.notifyEnded(this);
    } catch (error) {
      this.aiwatch.diagnostics.fault("route", "ending a request", error);
    }
  }

  protected get logged(): boolean {
    const line = this.#line;
    if (line === undefined) return false;
    const find = () => line.isWritten(this.ending.finished);
    return this.aiwatch.diagnostics.guard("route", "looking for the app's own line", find) === true;
  }

  /** Looks for the framework's logger, and for one that the app put on the request meanwhile. One that was found is left alone. */
  #joinLog(view?: FrameworkView): void {
    if (this.#line !== undefined) return;
    try {
      this.#line = view?.joinLog?.(this) ?? this.exchange.joinLog(this);
    } catch (error) {
      this.aiwatch.diagnostics.fault("route", "naming a request in the app's own log", error);
    }
  }

  #nameAnswer(): void {
    try {
      this.exchange.nameAnswer(this.scope.requestId);
    } catch (error) {
      this.aiwatch.diagnostics.fault("route", "answering with the request's id", error);
    }
  }

  #startSpan(): ServerSpan | undefined {
    try {
      return startServerSpan(this.exchange, this.path, this.scope.requestId, this.door.outsideParents);
    } catch (error) {
      this.aiwatch.diagnostics.fault("tracer", "starting a request's span", error);
      return undefined;
    }
  }

  #endSpan(server: ServerSpan): void {
    const { diagnostics } = this.aiwatch;
    this.trace = referenceTo(server.span, diagnostics);
    endServerSpan(server, this, diagnostics);
  }
}

function runInScope<Result>(
  this: RequestScope,
  server: ServerSpan | undefined,
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  requestScopes().enterWith(this);
  if (server !== undefined && server !== noSpan && attach(server.context)) return action();
  return runInSpan(server, action, report);
}

function runInSpan<Result>(
  server: ServerSpan | undefined,
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  if (server === undefined) return runIn(() => context.active(), action, report);
  // what enters contexts without a manager is OpenTelemetry's own: it calls the action, and does nothing else
  return server === noSpan && !hasContextManager() ? action() : runWith(server.context, action, report);
}

function ignore(): void {}
