import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch.ts";
import type { HostLine, LineIds } from "./host-line.ts";
import { hasPinoHttp, joinPinoHttp } from "./pino-http.ts";

/** Knows of the framework's logger of a request, where it has one. */
export interface FrameworkLog {
  joinLog?(idsOf: () => LineIds): HostLine | undefined;
}

/** The line that the app writes for a request by itself: it stays, gains our ids, and ours is off. */
export class HostLog {
  readonly #diagnostics: Aiwatch["diagnostics"];
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #idsOf: () => LineIds;
  #line: HostLine | undefined;

  /** @param idsOf asked once, where there is a logger */
  constructor(
    { diagnostics }: Aiwatch,
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
    // a logger that comes after something asynchronous is there by then, and writes its line after this
    if (this.#line === undefined) res.prependListener("finish", () => this.join());
  }

  /** Looks for a logger that was mounted on the request meanwhile; one that was found is left alone. */
  join(): void {
    if (this.#line !== undefined || !hasPinoHttp(this.#req, this.#res)) return;
    this.#line = this.#guard(() => joinPinoHttp(this.#req, this.#res, this.#idsOf));
  }

  /** Whether the app writes a line for the request, whose response is closed and whose listeners were called. */
  isWritten(): boolean {
    this.join();
    const line = this.#line;
    if (line === undefined) return false;
    const isWritten = () => line.isWritten();
    return this.#diagnostics.guard("route", "looking for the app's own line", isWritten) === true;
  }

  #guard(find: () => HostLine | undefined): HostLine | undefined {
    return this.#diagnostics.guard("route", "naming a request in the app's own log", find);
  }
}
