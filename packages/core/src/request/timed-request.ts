import type { AiwatchHost } from "../aiwatch/host.ts";
import { calendarMs, calendarTime, elapsedMs } from "../base/time.ts";
import type { Failure } from "../inference/record.ts";
import type { SpanReference } from "../tracing/span.ts";
import type { RequestEnding } from "./ending.ts";
import type { ExchangeBinding, ExchangeOwner } from "./exchange.ts";
import { type ReaderWait, unknownWait } from "./first-token.ts";
import type { EndedRequest, RequestRecord } from "./record.ts";
import { requestIdOf } from "./request-id.ts";
import type { ObservedScope } from "./scope.ts";

/** A door, as far as every request needs it. */
interface DoorOfInstance {
  readonly aiwatch: AiwatchHost;
}

/** A request that is timed from its arrival to its end. It is its own record, of which a frozen copy is made for whoever observes. */
export abstract class TimedRequest<Door extends DoorOfInstance> implements EndedRequest {
  /** As it is in the end: an app may have it changed by what it takes for the method. */
  method = "";
  route = "/*";
  durationMs: number | undefined = undefined;
  abstract readonly own: boolean;
  protected readonly door: Door;
  protected readonly exchange: ExchangeBinding;
  protected readonly path: string;
  protected readonly scope: ObservedScope;
  protected ending = unended;
  protected trace: SpanReference | undefined = undefined;
  protected user: string | undefined = undefined;
  /** Whether the app writes a line for it; known once this turn of the event loop is over. */
  protected abstract readonly logged: boolean;
  #userAgent: string | string[] | undefined = undefined;
  readonly #startedAt: number;

  constructor(door: Door, exchange: ExchangeBinding, path: string) {
    this.door = door;
    this.exchange = exchange;
    this.path = path;
    // the arrival: before anything else is done for the request
    const { clock, pendingWait } = door.aiwatch;
    const arrivedAt = clock.now();
    this.#startedAt = calendarMs();
    this.scope = scopeOf(exchange, arrivedAt, pendingWait);
  }

  protected get aiwatch(): AiwatchHost {
    return this.door.aiwatch;
  }

  get status(): number {
    return this.ending.status;
  }

  get aborted(): boolean {
    return this.ending.aborted;
  }

  get failure(): Failure | undefined {
    return this.ending.failure;
  }

  get traceId(): string | undefined {
    return this.trace?.traceId;
  }

  get spanId(): string | undefined {
    return this.trace?.spanId;
  }

  get sampled(): boolean | undefined {
    return this.trace?.sampled;
  }

  get chat(): boolean {
    return this.scope.chat;
  }

  get requestFirstTokenMs(): number | undefined {
    return this.scope.wait?.requestFirstTokenMs;
  }

  get beforeModelMs(): number | undefined {
    return this.scope.wait?.beforeModelMs;
  }

  protected endWith(ending: RequestEnding): void {
    this.durationMs = elapsedMs(this.scope.arrivedAt, this.aiwatch.clock.now());
    this.ending = ending;
    // the app's listeners of the end may take away or change what is here now
    this.method = this.exchange.method;
    this.#userAgent = this.exchange.headers["user-agent"];
  }

  record(): RequestRecord {
    const { status, aborted, failure } = this.ending;
    const record: Unfinished<RequestRecord> = {
      requestId: this.scope.requestId,
      method: this.method,
      path: this.path,
      route: this.route,
      status,
      startedAt: calendarTime(this.#startedAt),
      aborted,
      logged: this.logged,
      own: this.own,
      chat: this.chat,
    };
    const { durationMs, user, trace } = this;
    if (durationMs !== undefined) record.durationMs = durationMs;
    if (this.scope.wait !== undefined) addWait(record, this.scope.wait);
    const userAgent = this.#userAgent;
    if (typeof userAgent === "string") record.userAgent = userAgent;
    if (user !== undefined) record.user = user;
    if (failure !== undefined) record.failure = failure;
    if (trace !== undefined) nameTrace(record, trace);
    return Object.freeze(record);
  }
}

function addWait(record: Unfinished<RequestRecord>, { requestFirstTokenMs, beforeModelMs }: ReaderWait): void {
  if (requestFirstTokenMs !== undefined) record.requestFirstTokenMs = requestFirstTokenMs;
  if (beforeModelMs !== undefined) record.beforeModelMs = beforeModelMs;
}

function nameTrace(record: Unfinished<RequestRecord>, { traceId, spanId, sampled }: SpanReference): void {
  record.traceId = traceId;
  record.spanId = spanId;
  record.sampled = sampled;
}

const unended: RequestEnding = { status: 0, aborted: false, failure: undefined, finished: false };

type Unfinished<Whole> = { -readonly [Key in keyof Whole]: Whole[Key] };

/** Where the app, or another instance, has named the request before us, that name holds; else its caller's. */
function scopeOf(exchange: ExchangeBinding, arrivedAt: number, pending: ReaderWait): ObservedScope {
  const { headers } = exchange;
  const { upgrade } = headers;
  const given = exchange.answerName() ?? headers["x-request-id"];
  return {
    requestId: requestIdOf(given),
    chat: false,
    closed: false,
    arrivedAt,
    wait: asksLater(upgrade) ? unknownWait : pending,
  };
}

/** A WebSocket's questions come when it is open. */
function asksLater(upgrade: string | string[] | undefined): boolean {
  return typeof upgrade === "string" && upgrade.toLowerCase() === "websocket";
}

/** A request of one of AIWatch's own routes: counted and timed, never active, and without a span. */
export class OwnRequest extends TimedRequest<DoorOfInstance> implements ExchangeOwner {
  #isOver = false;

  /** @param path as it was asked for, without its query */
  constructor(door: DoorOfInstance, exchange: ExchangeBinding, path: string, route: string) {
    super(door, exchange, path);
    this.route = route;
    exchange.watchEnd(this);
  }

  get own(): boolean {
    return true;
  }

  protected get logged(): boolean {
    return false;
  }

  /** The first end counts: a stream's is its beginning. */
  ended(ending: RequestEnding): void {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      // a readiness of 503 is an answer, not a failure; a route that breaks is in telemetry_errors_total
      this.endWith({ ...ending, failure: undefined });
      this.aiwatch.recorder.requestEnded(this);
      this.aiwatch.notifyEnded(this);
    } catch (error) {
      this.aiwatch.diagnostics.fault("route", "ending a request", error);
    }
  }

  finishing(): void {}

  /** Nothing of it is found by what runs inside: it is left where it is. */
  isInside(): boolean {
    return true;
  }

  enter<Result>(action: () => Result): Result {
    return action();
  }
}
