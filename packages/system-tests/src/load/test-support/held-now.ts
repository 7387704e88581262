import type { Server } from "node:http";
import { promisify } from "node:util";

/** What a process holds. */
export interface Held {
  readonly heapUsed: number;
  /** Bytes of the buffers that JavaScript holds, outside of its heap. */
  readonly arrayBuffers: number;
  readonly rss: number;
  /** Connections that it opened itself. */
  readonly outgoing: number;
}

export async function heldNow(server: Server): Promise<Held> {
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  const incoming = await promisify((done: (error: Error | null, count: number) => void) =>
    server.getConnections(done),
  )();
  return { heapUsed, arrayBuffers, rss, outgoing: sockets - incoming };
}
