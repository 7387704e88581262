import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { setImmediate } from "../base/time.ts";
import { nameAnswer, nameOf, sentStatusOf } from "./answer-head.ts";
import { type Break, breakOf, connectionOf, type OnConnection } from "./connection.ts";
import { brokenOff, complete, handedOver, leftByClient, type RequestEnding } from "./ending.ts";
import type { ExchangeBinding, ExchangeOwner, HostLine, LoggedRequest } from "./exchange.ts";
import { Http2End, http2StreamOf } from "./http2-end.ts";
import { claim, type Mark, mark, markedOf, markOf, type WriteHead } from "./mark.ts";
import { joinPinoHttp } from "./pino-http.ts";

type Emit = (this: EventEmitter, ...event: Parameters<EventEmitter["emit"]>) => boolean;

const plainEmit: Emit = EventEmitter.prototype.emit;

/** Whether that is Node's, which does nothing where nobody listens: who has put another in its place is called for each event. */
const isNodesEmit = /\bkErrorMonitor\b/.test(Function.prototype.toString.call(plainEmit));

const noInstruments: readonly object[] = [];

/** Before `watchEnd` nobody owns an exchange. */
const nobody: ExchangeOwner = { finishing() {}, ended() {}, isInside: () => true, enter: (action) => action() };

/**
 * Node's pair of request and response: of HTTP/1, of HTTP/2, or of an adapter that makes them without a connection. Its events are watched
 * without a listener, since apps count listeners and remove them all.
 */
export class NodeExchange implements ExchangeBinding, OnConnection, Mark {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  owner: ExchangeOwner = nobody;
  observedBy: readonly object[] = noInstruments;
  answerId: string | undefined = undefined;
  /** Few apps have one: the others' exchanges keep no room for it. */
  declare ownWriteHead?: WriteHead;
  sentStatus: number | undefined = undefined;
  /** Whether the response has or had its connection: a pipelined one waits for its turn. */
  #isAssigned: boolean;
  /** What had gone over the connection before. */
  readonly #writtenBefore: number | undefined;
  #isFinished = false;
  /** How the connection broke, if it did, and whether the answer was given to its end by then. */
  #break: (Break & { readonly isGiven: boolean }) | undefined = undefined;
  #ending: RequestEnding | undefined = undefined;
  #isOver = false;

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.req = req;
    this.res = res;
    this.#isAssigned = res.socket !== null;
    this.#writtenBefore = req.socket?.bytesWritten;
  }

  claim(instruments: readonly object[]): boolean {
    return claim(this.req, this, instruments);
  }

  get method(): string {
    return this.req.method ?? "GET";
  }

  get scheme(): "http" | "https" {
    // an adapter may have no socket
    const socket: (Socket & { readonly encrypted?: boolean }) | undefined = this.req.socket;
    return socket?.encrypted === true ? "https" : "http";
  }

  get protocolVersion(): string {
    return this.req.httpVersion;
  }

  get headers(): ExchangeBinding["headers"] {
    return this.req.headers;
  }

  answerName(): number | string | readonly string[] | undefined {
    return this.res.getHeader("x-request-id") ?? nameOf(this.res);
  }

  nameAnswer(requestId: string): void {
    nameAnswer(this.res, requestId, this);
  }

  joinLog(request: LoggedRequest): HostLine | undefined {
    return joinPinoHttp(this.req, this.res, request);
  }

  keepScope(): void {
    putEmit(this.req, this, requestEmit, emitOfRequest);
  }

  /**
   * HTTP/2 says its end by the stream; HTTP/1 by the response or, where nobody closes that, by its connection; an adapter's response by `finish`
   * alone.
   */
  watchEnd(owner: ExchangeOwner): void {
    this.owner = owner;
    const stream = http2StreamOf(this.res);
    if (stream === undefined) {
      this.#watchResponse();
    } else {
      // the stream says it: the response's own events are watched for the scope alone
      this.#isOver = true;
      this.#watchEvents();
      new Http2End(stream, this.res, owner).watch();
    }
  }

  #watchResponse(): void {
    const { socket } = this.req;
    if (socket?.destroyed === true) this.connectionBroke(breakOf(socket, socket.errored));
    // the client was gone before its request came to us: nothing closes again, and the app may answer into the void until then
    if (this.res.closed || socket?.closed === true) {
      this.#ending = this.#judge();
      setImmediate(() => this.end());
      return;
    }
    this.#watchEvents();
    connectionOf(socket)?.add(this);
  }

  #watchEvents(): void {
    putEmit(this.res, this, responseEmit, emitOfResponse);
  }

  /** The response has its connection. */
  assigned(): void {
    this.#isAssigned = true;
  }

  /** The response is about to say `finish`. */
  finishing(): void {
    if (this.#isOver) return;
    this.#isFinished = true;
    this.owner.finishing();
  }

  /** The response has said `finish`. */
  finished(): void {
    // Node's own listener takes the connection away at `finish`, and closes the response next; where it is still there, nobody will
    if (!this.#isOver && this.res.socket !== null) this.end();
  }

  /** What the app answers from now on reaches nobody. */
  connectionBroke(how: Break): void {
    const { writableEnded, errored, socket } = this.res;
    const isByServer = how.isByServer || (errored != null && !isLeftInQueue(errored, how.error));
    // what is pipelined waits in the response itself
    const isGiven = this.#isFinished || (writableEnded && socket !== null && !how.isLost);
    this.#break = { ...how, isByServer, isGiven };
  }

  /** The exchange is over: its response is closed, or its connection. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    connectionOf(this.req.socket)?.delete(this);
    this.owner.ended(this.#ending ?? this.#judge());
  }

  #judge(): RequestEnding {
    const { headersSent } = this.res;
    if (this.#isGiven()) return complete(this.#status(), this.#isFinished);
    if (this.#isHandedOver()) return handedOver(headersSent || !this.#isUpgrade() ? this.#status() : 101);
    if (this.#break?.isByServer === false) return leftByClient(this.#isFinished);
    return brokenOff(headersSent ? this.#status() : undefined, this.#isFinished);
  }

  /** Adapters make their answer of what the response holds in the end. */
  #status(): number {
    return isAdapters(this.res) ? this.res.statusCode : sentStatusOf(this.res);
  }

  /** Whether the answer was given to its end. Node says `finish` of one that the network lost, too. */
  #isGiven(): boolean {
    if (this.#break !== undefined) return this.#break.isGiven;
    if (this.#isFinished) return true;
    return isAdapters(this.res) ? this.res.writableEnded : this.res.writableFinished;
  }

  /** Whether the app took the connection, and answered by itself. */
  #isHandedOver(): boolean {
    if (this.#isFinished || !this.#hasWritten()) return false;
    if (this.#isUpgrade() && !this.res.headersSent) return true;
    return this.#isAssigned && this.res.socket === null && !this.res.destroyed;
  }

  #isUpgrade(): boolean {
    return this.req.headers.upgrade !== undefined;
  }

  #hasWritten(): boolean {
    return this.#writtenBefore === undefined || this.req.socket.bytesWritten !== this.#writtenBefore;
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

type FindExchange = (message: object) => NodeExchange | undefined;

/** The shared `emit` is put on those messages alone whose mark is an exchange of this copy's. */
const exchangeOf = markOf as FindExchange;

/** Makes the `emit` of a message of what its `emit` was before. */
type MakeEmit = (find: FindExchange, before: Emit) => Emit;

/**
 * Puts an `emit` on a request or a response, which is not enumerable: what is made by copying has none of ours. A message whose `emit` is not
 * its class's, such as that of a second instance, gets one of its own, and so does a request's copy. One that lets nothing be put on it keeps its
 * own.
 * @param shared the `emit` of all other messages: to make one for each costs twice as much
 */
function putEmit(message: EventEmitter, exchange: NodeExchange, makeEmit: MakeEmit, shared: PropertyDescriptor): void {
  const before: Emit = message.emit;
  const isShared = before === plainEmit && isOwnMark(message, exchange);
  Reflect.defineProperty(message, "emit", isShared ? shared : hidden(makeEmit(() => exchange, before)));
}

/** Whether a message is found to be this exchange's, by itself and not by what it was made from. */
function isOwnMark(message: object, exchange: NodeExchange): boolean {
  const known = markOf(message);
  return known === undefined ? mark(message, exchange) : known === exchange && markedOf(message) === message;
}

function hidden(value: unknown): PropertyDescriptor {
  return { value, configurable: true, writable: true };
}

/**
 * The `emit` of a request: its listeners (`data`, `end`) run inside the request's scope. Node's parser emits from outside of it, or from inside
 * the request before on the same connection. An event that comes from inside, or that nobody of the app's listens to, is left alone.
 */
function requestEmit(find: FindExchange, before: Emit): Emit {
  // V8 makes no list of arguments that a function only hands on
  return function emit(name, ...rest) {
    const exchange = find(this);
    const count = listenersOf(this, name);
    if (count === 0 && isSilent(before, name)) return false;
    const isOutside = exchange !== undefined && isHeardByApp(this, name, count) && !exchange.owner.isInside();
    return isOutside ? emitInside(exchange, before, this, name, ...rest) : before.call(this, name, ...rest);
  };
}

/** Whether an event that nobody listens to is no event. An error that nobody listens to is thrown. */
function isSilent(emit: Emit, name: string | symbol): boolean {
  return isNodesEmit && emit === plainEmit && name !== "error";
}

/** Node's own listener of a request's end, by which its parser forgets one that was answered before it was read to its end. */
let nodes: EndListener | undefined;

type EndListener = (...args: never[]) => unknown;

/** Whether somebody else than Node is among the `count` listeners of an event. */
function isHeardByApp(message: EventEmitter, name: string | symbol, count: number): boolean {
  if (count !== 1 || name !== "end") return count > 0;
  // the list of them is made anew for whoever asks for it
  if (nodes !== undefined && message.listenerCount(name, nodes) === 1) return false;
  const [listener] = message.listeners(name) as EndListener[];
  if (listener?.name !== "clearIncoming") return true;
  nodes = listener;
  return false;
}

/** @returns -1 for a test double that cannot count them */
function listenersOf(message: EventEmitter, name: string | symbol): number {
  return typeof message.listenerCount === "function" ? message.listenerCount(name) : -1;
}

function emitInside({ owner }: NodeExchange, before: Emit, message: EventEmitter, ...event: Parameters<Emit>): boolean {
  return owner.enter(() => before.apply(message, event));
}

/**
 * The `emit` of a response. Its exchange is ended ahead of the app's listeners, which may answer into the void or end the process. Its listeners
 * run inside the request's scope, too: a framework that was entered by a middleware, and left again, goes on writing the answer at `drain`.
 */
function responseEmit(find: FindExchange, before: Emit): Emit {
  return function emit(name, ...rest) {
    const exchange = find(this);
    if (name === "close") exchange?.end();
    else if (name === "finish") exchange?.finishing();
    try {
      const count = listenersOf(this, name);
      if (count === 0 && isSilent(before, name)) return false;
      const isOutside = exchange !== undefined && count > 0 && !exchange.owner.isInside();
      return isOutside ? emitInside(exchange, before, this, name, ...rest) : before.call(this, name, ...rest);
    } finally {
      if (name === "finish") exchange?.finished();
      else if (name === "socket") exchange?.assigned();
    }
  };
}

const emitOfRequest = hidden(requestEmit(exchangeOf, plainEmit));
const emitOfResponse = hidden(responseEmit(exchangeOf, plainEmit));
