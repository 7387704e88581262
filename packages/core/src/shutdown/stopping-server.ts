import { Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ServerHttp2Session } from "node:http2";
import { Server as HttpsServer } from "node:https";
import type { Server, Socket } from "node:net";
import { clearInterval, monotonicClock, setInterval } from "../base/time.ts";
import { watchClose } from "../request/watch-events.ts";

/** How often connections are looked for that became idle. */
const sweepMs = 50;

/** A connection on which nothing was asked for this long was made in advance; on a younger one the first request may be under way. */
const unaskedMs = 1000;

/** A server of the app that is to end without breaking off what it answers. Only listened to until then. */
export class StoppingServer {
  readonly #server: Server;
  /** Each with the moment when it came. */
  readonly #sockets = new Map<Socket, number>();
  readonly #connectionEvent: "connection" | "secureConnection";
  readonly #sessions = new Set<ServerHttp2Session>();
  /** The newest answer of each connection. */
  readonly #last = new WeakMap<Socket, ServerResponse>();
  #leaving = false;
  #closing = false;

  constructor(server: Server) {
    this.#server = server;
    this.#connectionEvent = server instanceof HttpsServer ? "secureConnection" : "connection";
    server.on(this.#connectionEvent, this.#connected);
    if (isHttp2(server)) server.on("session", this.#begun);
    // the first listener for requests would put Node's compatible layer over an HTTP/2 server whose app speaks by streams
    if (isHttp(server) || server.listenerCount("request") > 0) server.prependListener("request", this.#asked);
  }

  /** From now on each answer says that it is its connection's last: clients go elsewhere with what they ask next. */
  leave(): void {
    this.#leaving = true;
  }

  /** Accepts no more. Resolves when every request is answered and every connection closed. */
  async close(): Promise<void> {
    this.leave();
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const sweep = setInterval(() => this.#closeIdle(), sweepMs);
    this.#closeIdle();
    // they take no new streams and end with the last; newer releases of Node close them by themselves
    for (const session of this.#sessions) session.close();
    await closed.finally(() => clearInterval(sweep));
  }

  /** Breaks off whatever is still answered. */
  cut(): void {
    // those that were there before we listened are known to the server alone
    if (isHttp(this.#server)) this.#server.closeAllConnections();
    // first: a stream whose connection is gone looks as if its client had left
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  /** Listens no more. */
  release(): void {
    this.#server.off(this.#connectionEvent, this.#connected);
    this.#server.off("request", this.#asked);
    this.#server.off("session", this.#begun);
  }

  readonly #connected = (socket: Socket): void => {
    this.#sockets.set(socket, monotonicClock.now());
    watchClose(socket, () => this.#sockets.delete(socket));
  };

  readonly #begun = (session: ServerHttp2Session): void => {
    this.#sessions.add(session);
    watchClose(session, () => this.#sessions.delete(session));
    if (this.#closing) session.close();
  };

  readonly #asked = (req: IncomingMessage, res: ServerResponse): void => {
    if (!this.#leaving || req.httpVersionMajor !== 1) return;
    // those behind it on the connection are answered, too
    const before = this.#last.get(req.socket);
    if (before !== undefined && !before.headersSent) before.shouldKeepAlive = true;
    this.#last.set(req.socket, res);
    // as Node itself does for a client that wants it closed: a header that is set would change how the app's own are read
    res.shouldKeepAlive = false;
  };

  /** Browsers connect in advance: Node waits for the first request of such a connection for a minute. */
  #closeIdle(): void {
    if (isHttp(this.#server)) this.#server.closeIdleConnections();
    else if (!isHttp2(this.#server)) return;
    const madeBefore = monotonicClock.now() - unaskedMs;
    for (const [socket, at] of this.#sockets) if (socket.bytesRead === 0 && at <= madeBefore) socket.destroy();
  }
}

function isHttp(server: Server): server is HttpServer | HttpsServer {
  return server instanceof HttpServer || server instanceof HttpsServer;
}

/** The classes of HTTP/2's servers are not exported. */
function isHttp2(server: Server): boolean {
  return "updateSettings" in server;
}
