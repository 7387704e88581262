import { createServer, type IncomingMessage, type RequestListener, type ServerOptions } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/**
 * Nobody listens there, and nobody will: no system gives a program a port below 1024 by itself, and this one has no service. A port that was free a moment
 * ago may be the next program's.
 */
export const closedAddress = "127.0.0.1:2";

/** A port of the loopback that was free a moment ago, for programs that cannot be told to choose one. */
export async function freePort(): Promise<number> {
  const server = await testServer((_, response) => response.end());
  await server.close();
  return server.port;
}

export interface Listening {
  readonly port: number;
  /** Cuts what is still open, so that a test ends at once. */
  close(): Promise<void>;
}

/** Listens on a free port of the loopback. Sockets that are not the server's own are cut with it where `open` has them. */
export async function listenOnLoopback(server: Server, open = new Set<Socket>()): Promise<Listening> {
  server.on("connection", (socket) => open.add(socket.on("close", () => open.delete(socket))));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return { port: (server.address() as AddressInfo).port, close };
}

const unzip = promisify(gunzip);

/** The whole body of a request, unzipped when it says that it is gzip. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const body = await buffer(request);
  return request.headers["content-encoding"] === "gzip" ? await unzip(body) : body;
}

export interface TestServer {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Cuts what is still open, so that a test ends at once. Calling it twice is harmless. */
  close(): Promise<void>;
}

/** Serves any `(req, res)` listener, an Express app included, on a free port of the loopback. @param options of Node's server */
export async function testServer(listener: RequestListener, options: ServerOptions = {}): Promise<TestServer> {
  const server = createServer(options, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  };
  return { url: `http://127.0.0.1:${port}`, port, close };
}
