import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch.ts";
import type { SpanIds } from "../tracing/span-ids.ts";

/** The ids that a line of the app gains. */
export interface LineIds extends Partial<SpanIds> {
  readonly requestId: string;
}

/** Lets the app's own logger of a request name the ids. @returns whether it writes the request's line; `undefined` where there is no logger */
export type JoinLog = (ids: LineIds) => boolean | undefined;

/** The line that the app writes for a request by itself: it stays, gains our ids, and ours is off. */
export class HostLog {
  readonly #join: () => boolean | undefined;
  #writesLine: boolean | undefined;

  /**
   * @param joinFramework how the door's framework keeps its logger, where it has one
   * @param idsOf asked once, where there is a logger
   */
  constructor(
    { diagnostics }: Aiwatch,
    { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
    joinFramework: JoinLog | undefined,
    idsOf: () => LineIds,
  ) {
    const join = () => joinFramework?.(idsOf()) ?? joinPinoHttp(req, res, idsOf);
    this.#join = () => diagnostics.guard("route", "naming a request in the app's own log", join);
  }

  /** Whether the app writes a line for the request. */
  get logged(): boolean {
    return this.#writesLine === true;
  }

  /** Looks for the app's logger; one that was found is left alone. */
  join(): void {
    this.#writesLine ??= this.#join();
  }
}

/**
 * pino-http keeps a logger for each request. It is told by what pino-http leaves beside it: a logger that somebody else put on the request may
 * be the whole app's, and must not gain one request's ids.
 */
function joinPinoHttp(req: IncomingMessage, res: ServerResponse, idsOf: () => LineIds): boolean | undefined {
  if (!("log" in req) || !("allLogs" in req) || !("allLogs" in res)) return undefined;
  const { log } = req;
  if (typeof log !== "object" || log === null || !("setBindings" in log)) return undefined;
  if (typeof log.setBindings !== "function") return undefined;
  log.setBindings(idsOf());
  // with `autoLogging: false` it waits for nothing
  return res.listeners("finish").some(({ name }) => name === "onResponseComplete");
}
