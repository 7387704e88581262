import type { IncomingMessage, ServerResponse } from "node:http";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { afterTurn } from "../base/after-turn.ts";
import type { RequestEnding } from "./ending.ts";
import type { HostLine, LineIds } from "./host-line.ts";
import { joinPinoHttp } from "./pino-http.ts";

/** Knows of the framework's logger of a request, where it has one. */
export interface FrameworkLog {
  joinLog?(idsOf: () => LineIds): HostLine | undefined;
}

/** The line that the app writes for a request by itself: it stays, gains our ids, and ours is off. */
export class HostLog {
  readonly #diagnostics: AiwatchHost["diagnostics"];
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #idsOf: () => LineIds;
  #line: HostLine | undefined;

  /** @param idsOf asked once, where there is a logger */
  constructor(
    { diagnostics }: AiwatchHost,
    { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
    framework: FrameworkLog,
    idsOf: () => LineIds,
  ) {
    this.#diagnostics = diagnostics;
    this.#req = req;
    this.#res = res;
    this.#idsOf = idsOf;
    this.#line = this.#guard(() => framework.joinLog?.(idsOf));
    this.join();
  }

  /** Looks for a logger that was mounted on the request meanwhile; one that was found is left alone. */
  join(): void {
    this.#line ??= this.#guard(() => joinPinoHttp(this.#req, this.#res, this.#idsOf));
  }

  /** Calls `tell` at the end of the event loop's turn, for a response that is closed: whether the app writes a line for it is known then. */
  settle({ finished }: RequestEnding, tell: () => void): void {
    this.join();
    // the line of an answer that was broken off is written by a listener that may come after this one
    if (this.#line === undefined || finished) afterTurn(tell);
    else process.nextTick(afterTurn, tell);
  }

  /** Whether the app writes a line for the request, whose response is closed and whose listeners were called. */
  isWritten({ finished }: RequestEnding): boolean {
    const line = this.#line;
    if (line === undefined) return false;
    return this.#diagnostics.guard("route", "looking for the app's own line", () => line.isWritten(finished)) === true;
  }

  #guard(find: () => HostLine | undefined): HostLine | undefined {
    return this.#diagnostics.guard("route", "naming a request in the app's own log", find);
  }
}
