import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch.ts";
import { isComplete } from "./ending.ts";
import type { HostLine, LineIds } from "./host-line.ts";
import { joinPinoHttp } from "./pino-http.ts";

/** The line that the app writes for a request by itself: it stays, gains our ids, and ours is off. */
export class HostLog {
  readonly #diagnostics: Aiwatch["diagnostics"];
  readonly #res: ServerResponse;
  readonly #find: () => HostLine | undefined;
  #line: HostLine | undefined;

  /**
   * @param door knows of the framework's logger
   * @param idsOf asked once, where there is a logger
   */
  constructor(
    { diagnostics }: Aiwatch,
    { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
    door: { joinLog?(idsOf: () => LineIds): HostLine | undefined },
    idsOf: () => LineIds,
  ) {
    this.#diagnostics = diagnostics;
    this.#res = res;
    // assigned at once, V8 would allocate it among the old objects, and what it holds would outlive every scavenge
    const find = () => door.joinLog?.(idsOf) ?? joinPinoHttp(req, res, idsOf);
    this.#find = find;
    this.join();
    // a logger that comes after something asynchronous is there by then, and writes its line after this
    res.prependOnceListener("finish", () => this.join());
  }

  /** Looks for the app's logger; one that was found is left alone. */
  join(): void {
    this.#line ??= this.#diagnostics.guard("route", "naming a request in the app's own log", this.#find);
  }

  /** Calls `tell` with whether the app writes a line for the request, whose response is closed. */
  settle(tell: (logged: boolean) => void): void {
    this.join();
    const isWritten = () => this.#line?.isWritten() === true;
    const settle = () => tell(this.#diagnostics.guard("route", "looking for the app's own line", isWritten) === true);
    // the line of an answer that was broken off is written by a listener that may come after this one
    if (this.#line === undefined || isComplete(this.#res)) settle();
    else process.nextTick(settle);
  }
}
