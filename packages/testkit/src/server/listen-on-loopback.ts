import type { AddressInfo, Server, Socket } from "node:net";

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
