import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { trace } from "@opentelemetry/api";
import type { RequestAdmission } from "../admission/request-waits.ts";
import { defaultDiagnostics } from "../base/diagnostics.ts";
import { processWide } from "../base/process-wide.ts";
import type { SpanIds } from "../tracing/span.ts";
import type { RequestEnding } from "./ending.ts";
import { type AwaitedRequest, readerLeft } from "./first-token.ts";

/** What everything that runs inside one HTTP request can know of it. */
export interface RequestScope {
  readonly requestId: string;
  /** Set once a chat or completion for the reader begins inside the request. */
  chat: boolean;
  /** Whether its response is closed. What goes on in its scope outlives it. */
  closed: boolean;
  /** How it stands in the app's own queues. Absent where it never entered one that `aiwatch.admission` observes. */
  admission?: RequestAdmission;
}

/** A scope as its door makes it, with what is known of the wait for the first token. */
export interface ObservedScope extends RequestScope, AwaitedRequest {
  chat: boolean;
  closed: boolean;
}

/** Called at the close of a request. @param ending how it ended; undefined where it was closed before, and by an older copy of this package */
export type OnClose = (ending?: RequestEnding) => void;

/** What waits for the close of a request; most have nothing that does. */
const waiting = processWide("@aiwatch/core/request-closes", 1, () => new WeakMap<RequestScope, Set<OnClose>>());

/** Runs `action` once the request is closed; now, where it is. @returns waits no longer */
export function onceRequestCloses(request: RequestScope, action: OnClose): () => void {
  if (request.closed) {
    action();
    return () => {};
  }
  const actions = waiting().get(request) ?? new Set<OnClose>();
  waiting().set(request, actions);
  actions.add(action);
  return () => actions.delete(action);
}

/** The response of a request is closed: tells whoever waits for it. The door that made the scope calls this. */
export function closeRequest(request: ObservedScope, ending?: RequestEnding): void {
  if (request.closed) return;
  readerLeft(request);
  request.closed = true;
  const actions = waiting().get(request);
  // left to the garbage collector, the table would come to hold all the requests between two of its full runs, and keep that size
  waiting().delete(request);
  if (actions !== undefined) for (const action of actions) action(ending);
}

/** The ids by which lines, spans and records of one request are found together. Each is absent where there is none. */
export interface Correlation {
  readonly requestId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** Where the request is found that the calling code runs in. */
export const requestScopes = processWide(
  "@aiwatch/core/request-scopes",
  2,
  () => new AsyncLocalStorage<ObservedScope>(),
);

let areFrames: boolean | undefined;

/** Whether what `enterWith` enters stays out of the resource that it is entered in: so it is from Node 24 on, unless a flag turns that off. */
export function contextsAreFrames(): boolean {
  areFrames ??= !keepsEntered();
  return areFrames;
}

function keepsEntered(): boolean {
  const storage = new AsyncLocalStorage<boolean>();
  const resource = new AsyncResource("AIWATCH_PROBE");
  resource.runInAsyncScope(() => storage.enterWith(true));
  const isKept = resource.runInAsyncScope(() => storage.getStore()) === true;
  storage.disable();
  return isKept;
}

/** The request that the calling code runs in, if any. */
export function currentRequest(): RequestScope | undefined {
  return requestScopes().getStore();
}

/**
 * The ids of the request and the span that the calling code runs in.
 * @example
 * const { requestId, traceId } = currentCorrelation();
 */
export function currentCorrelation(): Correlation {
  const requestId = requestScopes().getStore()?.requestId;
  const ids = activeSpanIds();
  if (ids === undefined) return requestId === undefined ? {} : { requestId };
  const { traceId, spanId } = ids;
  return requestId === undefined ? { traceId, spanId } : { requestId, traceId, spanId };
}

/** The last valid ids: an app writes several lines inside one span, and judging its ids costs as much as reading them. */
let lastValid: SpanIds = { traceId: "", spanId: "" };

/** Without a closure: every line of a log asks. */
function activeSpanIds(): SpanIds | undefined {
  try {
    const ids = trace.getActiveSpan()?.spanContext();
    if (ids === undefined) return undefined;
    const { traceId, spanId } = ids;
    if (traceId === lastValid.traceId && spanId === lastValid.spanId) return lastValid;
    if (!trace.isSpanContextValid(ids)) return undefined;
    lastValid = { traceId, spanId };
    return lastValid;
  } catch (error) {
    defaultDiagnostics().fault("tracer", "reading a span's ids", error);
    return undefined;
  }
}
