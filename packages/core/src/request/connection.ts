import type { Socket } from "node:net";
import { watchClose } from "./watch-events.ts";

/** How a connection came to be destroyed. */
export interface Break {
  /** The server did it, and neither its client nor the network. */
  readonly isByServer: boolean;
  /** Something of what was written had not left the process. */
  readonly isLost: boolean;
  readonly error: Error | undefined;
}

/** An exchange that goes on over a connection. */
export interface OnConnection {
  connectionBroke(how: Break): void;
  /** The connection is closed, and whoever listens to that was called. */
  end(): void;
}

/** The exchanges of one connection that are not over. */
const open: unique symbol = Symbol("exchanges");

type Watched = Socket & { readonly [open]?: Set<OnConnection> };

/**
 * Ends what is open when a connection closes: Node closes no response that was pipelined, detached or freed of its listeners.
 * @returns undefined where there is none: an adapter's may be no emitter at all
 */
export function connectionOf(socket: Watched | undefined): Set<OnConnection> | undefined {
  if (typeof socket?.emit !== "function") return undefined;
  return socket[open] ?? watchConnection(socket);
}

function watchConnection(socket: Socket): Set<OnConnection> {
  const exchanges = new Set<OnConnection>();
  Reflect.defineProperty(socket, open, { value: exchanges });
  watchClose(socket, () => {
    for (const exchange of exchanges) exchange.end();
  });
  watchDestroy(socket, exchanges);
  return exchanges;
}

/** Who destroyed a connection, and what was lost, is known at that moment alone: writes that it cancels look like the network's errors. */
function watchDestroy(socket: Socket, exchanges: ReadonlySet<OnConnection>): void {
  const { destroy } = socket;
  if (typeof destroy !== "function") return;
  const watched = function (this: Socket, ...args: Parameters<typeof destroy>): Socket {
    if (!this.destroyed && exchanges.size > 0) {
      const how = breakOf(this, args[0]);
      for (const exchange of exchanges) exchange.connectionBroke(how);
    }
    return destroy.apply(this, args);
  };
  Reflect.defineProperty(socket, "destroy", { value: watched, configurable: true, writable: true });
}

/** @param error what it is destroyed with */
export function breakOf(socket: Socket, error: Error | null | undefined): Break {
  const isByClient = socket.readableEnded || isOfNetwork(error) || isOfRequest(error);
  return { isByServer: !isByClient, isLost: hasUnsent(socket) || isOfNetwork(error), error: error ?? undefined };
}

/** The network's errors come of a system call. */
export function isOfNetwork(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

/** The client sent what is no HTTP, or did not send what it owed. */
function isOfRequest(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(HPE_|ERR_HTTP_REQUEST_TIMEOUT$)/.test(String(error.code));
}

/** Whether something waits in the stream or in libuv's queue. A write that was handed to the kernel is still counted until it is called back. */
function hasUnsent(socket: Socket): boolean {
  if (socket.writableLength === 0 || socket.writableLength === undefined) return false;
  const handle: unknown = Reflect.get(socket, "_handle");
  const queued: unknown = typeof handle === "object" && handle !== null && Reflect.get(handle, "writeQueueSize");
  return typeof queued !== "number" || queued > 0 || socket.writableCorked > 0;
}
