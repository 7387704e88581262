import { Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Server, Socket } from "node:net";
import { monotonicClock } from "../clock.ts";

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
  #leaving = false;

  constructor(server: Server) {
    this.#server = server;
    this.#connectionEvent = server instanceof HttpsServer ? "secureConnection" : "connection";
    server.on(this.#connectionEvent, this.#connected);
    if (isHttp(server)) server.prependListener("request", this.#asked);
  }

  /** From now on each answer says that it is its connection's last: clients go elsewhere with what they ask next. */
  leave(): void {
    this.#leaving = true;
  }

  /** Accepts no more. Resolves when every request is answered and every connection closed. */
  async close(): Promise<void> {
    this.leave();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const sweep = setInterval(() => this.#closeIdle(), sweepMs);
    this.#closeIdle();
    await closed.finally(() => clearInterval(sweep));
  }

  /** Breaks off whatever is still answered. */
  cut(): void {
    // those that were there before we listened are known to the server alone
    if (isHttp(this.#server)) this.#server.closeAllConnections();
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  /** Listens no more. */
  release(): void {
    this.#server.off(this.#connectionEvent, this.#connected);
    this.#server.off("request", this.#asked);
  }

  readonly #connected = (socket: Socket): void => {
    this.#sockets.set(socket, monotonicClock.now());
    socket.once("close", () => this.#sockets.delete(socket));
  };

  readonly #asked = (req: IncomingMessage, res: ServerResponse): void => {
    // as Node itself does for a client that wants it closed: a header that is set would change how the app's own are read
    if (this.#leaving && req.httpVersionMajor === 1) res.shouldKeepAlive = false;
  };

  /** Browsers connect in advance: Node waits for the first request of such a connection for a minute. */
  #closeIdle(): void {
    if (!isHttp(this.#server)) return;
    this.#server.closeIdleConnections();
    const madeBefore = monotonicClock.now() - unaskedMs;
    for (const [socket, at] of this.#sockets) if (socket.bytesRead === 0 && at <= madeBefore) socket.destroy();
  }
}

function isHttp(server: Server): server is HttpServer | HttpsServer {
  return server instanceof HttpServer || server instanceof HttpsServer;
}
