import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { setImmediate } from "../base/timers.ts";
import { sentStatusOf } from "./answer-head.ts";
import { type Break, breakOf, connectionOf, type OnConnection } from "./connection.ts";
import { brokenOff, complete, type ExchangeEnd, handedOver, leftByClient, type RequestEnding } from "./ending.ts";
import { type EventWatcher, watchEvents } from "./watch-events.ts";

const events: ReadonlySet<unknown> = new Set(["socket", "finish", "close"]);

/** Waits for the end of an exchange of HTTP/1, or of an adapter that makes Node's responses without a connection. */
export class ResponseEnd implements EventWatcher, OnConnection {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #exchange: ExchangeEnd;
  /** Whether the response has or had its connection: a pipelined one waits for its turn. */
  #isAssigned: boolean;
  /** What had gone over the connection before. */
  readonly #writtenBefore: number | undefined;
  #isFinished = false;
  /** How the connection broke, if it did, and whether the answer was given to its end by then. */
  #break: (Break & { readonly isGiven: boolean }) | undefined;
  #ending: RequestEnding | undefined;
  #isOver = false;

  constructor(req: IncomingMessage, res: ServerResponse, exchange: ExchangeEnd) {
    this.#req = req;
    this.#res = res;
    this.#exchange = exchange;
    this.#isAssigned = res.socket !== null;
    this.#writtenBefore = req.socket?.bytesWritten;
  }

  watch(): void {
    const { socket } = this.#req;
    if (socket?.destroyed === true) this.connectionBroke(breakOf(socket, socket.errored));
    // the client was gone before its request came to us: nothing closes again, and the app may answer into the void until then
    if (this.#res.closed || socket?.closed === true) {
      this.#ending = this.#judge();
      setImmediate(() => this.end());
      return;
    }
    watchEvents(this.#res, events, this);
    connectionOf(socket)?.add(this);
  }

  before(event: unknown): void {
    if (event === "socket" || this.#isOver) return;
    // ahead of the app's listeners: they may answer into the void, or end the process
    if (event === "close") {
      this.end();
    } else {
      this.#isFinished = true;
      this.#exchange.finishing();
    }
  }

  after(event: unknown): void {
    if (event === "socket") this.#isAssigned = true;
    // Node's own listener takes the connection away at `finish`, and closes the response next; where it is still there, nobody will
    else if (this.#res.socket !== null) this.end();
  }

  /** What the app answers from now on reaches nobody. */
  connectionBroke(how: Break): void {
    const { writableEnded, errored, socket } = this.#res;
    const isByServer = how.isByServer || (errored != null && !isLeftInQueue(errored, how.error));
    // what is pipelined waits in the response itself
    const isGiven = this.#isFinished || (writableEnded && socket !== null && !how.isLost);
    this.#break = { ...how, isByServer, isGiven };
  }

  /** The exchange is over: its response is closed, or its connection. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    connectionOf(this.#req.socket)?.delete(this);
    this.#exchange.ended(this.#ending ?? this.#judge());
  }

  #judge(): RequestEnding {
    const { headersSent } = this.#res;
    if (this.#isGiven()) return complete(this.#status(), this.#isFinished);
    if (this.#isHandedOver()) return handedOver(headersSent || !this.#isUpgrade() ? this.#status() : 101);
    if (this.#break?.isByServer === false) return leftByClient(this.#isFinished);
    return brokenOff(headersSent ? this.#status() : undefined, this.#isFinished);
  }

  /** Adapters make their answer of what the response holds in the end. */
  #status(): number {
    return isAdapters(this.#res) ? this.#res.statusCode : sentStatusOf(this.#res);
  }

  /** Whether the answer was given to its end. Node says `finish` of one that the network lost, too. */
  #isGiven(): boolean {
    if (this.#break !== undefined) return this.#break.isGiven;
    if (this.#isFinished) return true;
    return isAdapters(this.#res) ? this.#res.writableEnded : this.#res.writableFinished;
  }

  /** Whether the app took the connection, and answered by itself. */
  #isHandedOver(): boolean {
    if (this.#isFinished || !this.#hasWritten()) return false;
    if (this.#isUpgrade() && !this.#res.headersSent) return true;
    return this.#isAssigned && this.#res.socket === null && !this.#res.destroyed;
  }

  #isUpgrade(): boolean {
    return this.#req.headers.upgrade !== undefined;
  }

  #hasWritten(): boolean {
    return this.#writtenBefore === undefined || this.#req.socket.bytesWritten !== this.#writtenBefore;
  }
}

/** Whether a response has something else than a connection. */
function isAdapters({ socket }: ServerResponse): boolean {
  return socket !== null && !(socket instanceof Socket);
}

/** Node's own error for a pipelined request whose client left before its turn; one that the server destroys with is the socket's, too. */
function isLeftInQueue(error: Error, ofSocket: Error | undefined): boolean {
  return error !== ofSocket && error.message === "aborted" && "code" in error && error.code === "ECONNRESET";
}
