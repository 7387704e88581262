import type { IncomingMessage } from "node:http";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { calendarTime, elapsedMs } from "../base/clock.ts";
import type { SpanReference } from "../tracing/span-ids.ts";
import type { RequestEnding } from "./ending.ts";
import type { RequestRecord } from "./record.ts";
import type { RequestDoor } from "./request-door.ts";
import type { RequestScope } from "./scope.ts";

/** When a request came, by the instance's clock and by the calendar. */
export interface Arrival {
  readonly at: number;
  readonly date: Date;
}

export function arrivalOf({ clock }: AiwatchHost): Arrival {
  return { at: clock.now(), date: calendarTime() };
}

export function nameTrace(record: Unfinished<RequestRecord>, { traceId, spanId, sampled }: SpanReference): void {
  record.traceId = traceId;
  record.spanId = spanId;
  record.sampled = sampled;
}

type Unfinished<Record> = { -readonly [Key in keyof Record]: Record[Key] };

/** What can be told without the span and the app's log; one object from here to its freezing. */
export function recordOf(
  { clock, diagnostics }: AiwatchHost,
  req: IncomingMessage,
  door: RequestDoor,
  { requestId, chat }: RequestScope,
  arrival: Arrival,
  { status, aborted, failure }: RequestEnding,
): Unfinished<RequestRecord> {
  const durationMs = elapsedMs(arrival.at, clock.now());
  const record: Unfinished<RequestRecord> = {
    requestId,
    method: req.method ?? "GET",
    path: door.path,
    route: diagnostics.guard("route", "finding the route's template", () => door.routeOf()) ?? "/*",
    status,
    startedAt: arrival.date,
    aborted,
    logged: false,
    own: false,
    chat,
  };
  if (durationMs !== undefined) record.durationMs = durationMs;
  const userAgent = req.headers["user-agent"];
  if (userAgent !== undefined) record.userAgent = userAgent;
  const user: unknown = diagnostics.guard("route", "the option userOf", () => door.userOf());
  if (typeof user === "string" || typeof user === "number") record.user = String(user);
  if (failure !== undefined) record.failure = failure;
  return record;
}
