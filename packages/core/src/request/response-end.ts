import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { sentStatusOf } from "./answer-head.ts";
import {
  brokenOff,
  codeOf,
  complete,
  type ExchangeEnd,
  handedOver,
  leftByClient,
  type RequestEnding,
} from "./ending.ts";
import { type EventWatcher, watchEvents } from "./watch-events.ts";

const events: ReadonlySet<unknown> = new Set(["socket", "finish", "close"]);

/** Waits for the end of an exchange of HTTP/1, or of an adapter that makes Node's responses without a connection. */
export class ResponseEnd implements EventWatcher {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #exchange: ExchangeEnd;
  /** Whether the response has or had its connection: a pipelined one waits for its turn. */
  #isAssigned: boolean;
  #isFinished = false;
  /** Whether all was handed to the network before the connection broke: Node says `finish` of an answer that is lost, too. */
  #isWhole = false;
  #isOver = false;

  constructor(req: IncomingMessage, res: ServerResponse, exchange: ExchangeEnd) {
    this.#req = req;
    this.#res = res;
    this.#exchange = exchange;
    this.#isAssigned = res.socket !== null;
  }

  watch(): void {
    // the client was gone before its request came to us: nothing closes again, and the app may answer into the void until then
    if (this.#res.closed) {
      const ending = this.#ending();
      setImmediate(() => this.#end(ending));
      return;
    }
    watchEvents(this.#res, events, this);
    connectionOf(this.#req)?.add(this);
  }

  before(event: unknown): void {
    if (event !== "socket" && !this.#isOver) this.#exchange.ending();
    if (event === "finish" && !this.#isFinished) {
      this.#isFinished = true;
      this.#isWhole = !isBroken(this.#res.socket);
    } else if (event === "close" && this.#exchange.endsFirst) {
      this.end();
    }
  }

  after(event: unknown): void {
    if (event === "socket") this.#isAssigned = true;
    // Node's own listener takes the connection away at `finish`, and closes the response next; where it is still there, nobody will
    else if (event === "close" || this.#res.socket !== null) this.end();
  }

  /** The exchange is over: its response is closed, or its connection. */
  end(): void {
    this.#end();
  }

  #end(ending = this.#ending()): void {
    if (this.#isOver) return;
    this.#isOver = true;
    connectionOf(this.#req)?.delete(this);
    this.#exchange.ended(ending);
  }

  #ending(): RequestEnding {
    const isComplete = this.#isFinished ? this.#isWhole : this.#res.writableFinished;
    if (isComplete) return complete(sentStatusOf(this.#res));
    if (this.#isDetached()) return handedOver(this.#handedStatus());
    if (closedByClient(this.#req, this.#res)) return leftByClient(this.#isFinished);
    return brokenOff(this.#res.headersSent ? sentStatusOf(this.#res) : undefined, this.#isFinished);
  }

  #isDetached(): boolean {
    return this.#isAssigned && !this.#isFinished && this.#res.socket === null && !this.#res.destroyed;
  }

  #handedStatus(): number {
    const { headersSent } = this.#res;
    return this.#req.headers.upgrade !== undefined && !headersSent ? 101 : sentStatusOf(this.#res);
  }
}

function isBroken(socket: Socket | null | undefined): boolean {
  return socket?.destroyed === true && codeOf(socket.errored) !== undefined;
}

/**
 * A client that leaves ends its side of the socket or resets it; a server that destroys the connection does neither. The error that it may
 * destroy it with is its own.
 */
function closedByClient({ socket }: IncomingMessage, res: ServerResponse): boolean {
  if (res.errored && !isLeftInQueue(res.errored, socket)) return false;
  return socket.readableEnded === true || codeOf(socket.errored) !== undefined;
}

/** Node's own error for a pipelined request whose client left before its turn; one that the server destroys with is the socket's, too. */
function isLeftInQueue(error: Error, { errored }: IncomingMessage["socket"]): boolean {
  return error !== errored && error.message === "aborted" && codeOf(error) === "ECONNRESET";
}

/** The exchanges of one connection that are not over. */
const open: unique symbol = Symbol("exchanges");

type Watched = Socket & { readonly [open]?: Set<ResponseEnd> };

/** Ends what is open when the connection closes: Node closes no response that was pipelined, detached or freed of its listeners. */
function connectionOf({ socket }: { readonly socket: Watched }): Set<ResponseEnd> | undefined {
  // an adapter's may be no emitter at all
  if (typeof socket?.emit !== "function") return undefined;
  return socket[open] ?? watchConnection(socket);
}

const closing: ReadonlySet<unknown> = new Set(["close"]);

function watchConnection(socket: Socket): Set<ResponseEnd> {
  const exchanges = new Set<ResponseEnd>();
  Reflect.defineProperty(socket, open, { value: exchanges });
  watchEvents(socket, closing, {
    before() {},
    after() {
      for (const exchange of exchanges) exchange.end();
    },
  });
  return exchanges;
}
