import type { Socket } from "node:net";
import { removeFrom } from "../base/live-map.ts";
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

const openKey: unique symbol = Symbol("open exchanges");

type Watched = Socket & { readonly [openKey]?: OpenExchanges };

/** The exchanges of one connection that are not over: one, but for pipelined ones. A set would allocate for every few of them. */
export class OpenExchanges {
  readonly #exchanges: OnConnection[] = [];

  add(exchange: OnConnection): void {
    this.#exchanges.push(exchange);
  }

  delete(exchange: OnConnection): void {
    removeFrom(this.#exchanges, exchange);
  }

  /** The connection is about to be destroyed. @param how asked where an exchange wants to know */
  breakWith(how: () => Break): void {
    if (this.#exchanges.length === 0) return;
    const known = how();
    for (const exchange of [...this.#exchanges]) exchange.connectionBroke(known);
  }

  end(): void {
    for (const exchange of [...this.#exchanges]) exchange.end();
  }
}

/**
 * Ends what is open when a connection closes: Node closes no response that was pipelined, detached or freed of its listeners.
 * @returns undefined where there is none: an adapter's may be no emitter at all
 */
export function connectionOf(socket: Watched | undefined): OpenExchanges | undefined {
  if (typeof socket?.emit !== "function") return undefined;
  return socket[openKey] ?? watchConnection(socket);
}

function watchConnection(socket: Socket): OpenExchanges {
  const exchanges = new OpenExchanges();
  Reflect.defineProperty(socket, openKey, { value: exchanges });
  watchClose(socket, () => exchanges.end());
  watchDestroy(socket, exchanges);
  return exchanges;
}

/** Who destroyed a connection, and what was lost, is known at that moment alone: writes that it cancels look like the network's errors. */
function watchDestroy(socket: Socket, exchanges: OpenExchanges): void {
  const { destroy } = socket;
  if (typeof destroy !== "function") return;
  const watched = function (this: Socket, ...args: Parameters<typeof destroy>): Socket {
    if (!this.destroyed) exchanges.breakWith(() => breakOf(this, args[0]));
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
