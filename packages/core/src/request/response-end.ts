import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { setImmediate } from "../timers.ts";
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
  /** What had gone over the connection before. */
  readonly #writtenBefore: number | undefined;
  /** Once it said `finish`, whether all was handed to the network: Node says so of an answer that is lost, too. */
  #isWhole: boolean | undefined;
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
    // the client was gone before its request came to us: nothing closes again, and the app may answer into the void until then
    if (this.#res.closed) {
      this.#ending = this.#judge();
      setImmediate(() => this.end());
      return;
    }
    watchEvents(this.#res, events, this);
    connectionOf(this.#req)?.add(this);
  }

  before(event: unknown): void {
    if (event === "socket" || this.#isOver) return;
    this.#exchange.ending();
    if (event === "finish") {
      this.#isWhole ??= !isBroken(this.#res.socket);
    } else {
      // before the app's listeners may answer into the void
      this.#ending ??= this.#judge();
      if (this.#exchange.endsFirst) this.end();
    }
  }

  after(event: unknown): void {
    if (event === "socket") this.#isAssigned = true;
    // Node's own listener takes the connection away at `finish`, and closes the response next; where it is still there, nobody will
    else if (event === "close" || this.#res.socket !== null) this.end();
  }

  /** The exchange is over: its response is closed, or its connection. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    connectionOf(this.#req)?.delete(this);
    this.#exchange.ended(this.#ending ?? this.#judge());
  }

  #judge(): RequestEnding {
    const { headersSent } = this.#res;
    const isFinished = this.#isWhole !== undefined;
    if (this.#isWhole ?? this.#isGiven()) return complete(this.#status());
    if (this.#isDetached() && this.#hasWritten()) return handedOver(this.#handedStatus());
    if (closedByClient(this.#req, this.#res)) return leftByClient(isFinished);
    return brokenOff(headersSent ? sentStatusOf(this.#res) : undefined, isFinished);
  }

  /** Adapters make their answer of what the response holds in the end. */
  #status(): number {
    return isAdapters(this.#res) ? this.#res.statusCode : sentStatusOf(this.#res);
  }

  /** Whether the answer was given to its end, where the response did not say so. */
  #isGiven(): boolean {
    const { socket } = this.#req;
    if (isAdapters(this.#res)) return this.#res.writableEnded;
    if (this.#res.writableEnded && isParseError(socket.errored)) return true;
    return this.#res.writableFinished && !isBroken(socket);
  }

  #isDetached(): boolean {
    return this.#isAssigned && this.#isWhole === undefined && this.#res.socket === null && !this.#res.destroyed;
  }

  #hasWritten(): boolean {
    return this.#req.socket.bytesWritten !== this.#writtenBefore;
  }

  #handedStatus(): number {
    const { headersSent } = this.#res;
    return this.#req.headers.upgrade !== undefined && !headersSent ? 101 : sentStatusOf(this.#res);
  }
}

/** Whether a response has something else than a connection. */
function isAdapters({ socket }: ServerResponse): boolean {
  return socket !== null && !(socket instanceof Socket);
}

/** Whether what was written to a connection is lost: its client had left, or the network failed, whose errors come of a system call. */
function isBroken(socket: Socket | null | undefined): boolean {
  if (socket?.destroyed !== true) return false;
  return socket.readableEnded || (socket.errored instanceof Error && "syscall" in socket.errored);
}

/** A connection is closed for what its client sent after a request that is answered already. */
function isParseError(error: Error | null | undefined): boolean {
  return String(codeOf(error)).startsWith("HPE_");
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
