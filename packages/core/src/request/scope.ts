import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { trace } from "@opentelemetry/api";
import type { RequestAdmission } from "../admission/request-waits.ts";
import { defaultDiagnostics } from "../base/diagnostics.ts";
import { processWide } from "../base/process-wide.ts";
import type { SpanIds } from "../tracing/span.ts";

/** What everything that runs inside one HTTP request can know of it. */
export interface RequestScope {
  readonly requestId: string;
  /** Set once a chat or completion begins inside the request. */
  chat: boolean;
  /** Whether its response is closed. What goes on in its scope outlives it. */
  closed: boolean;
  /** How it stands in the app's own queues. Absent where it never entered one that `aiwatch.admission` observes. */
  admission?: RequestAdmission;
}

/** What waits for the close of a request; most have nothing that does. */
const waiting = processWide("@aiwatch/core/request-closes", 1, () => new WeakMap<RequestScope, Set<() => void>>());

/** Runs `action` once the request is closed; now, where it is. @returns waits no longer */
export function onceRequestCloses(request: RequestScope, action: () => void): () => void {
  if (request.closed) {
    action();
    return () => {};
  }
  const actions = waiting().get(request) ?? new Set();
  waiting().set(request, actions);
  actions.add(action);
  return () => actions.delete(action);
}

/** The response of a request is closed: tells whoever waits for it. The door that made the scope calls this. */
export function closeRequest(request: RequestScope): void {
  if (request.closed) return;
  request.closed = true;
  const actions = waiting().get(request);
  if (actions !== undefined) for (const action of actions) action();
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
  () => new AsyncLocalStorage<RequestScope>(),
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
