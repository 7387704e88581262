import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Clock, nextTurn } from "../base/time.ts";
import { clientOf } from "./client-address.ts";

/** One who reads, piece by piece: the event loop has a turn after each. */
export class Reader {
  readonly client: string;
  readonly connection: object;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #clock: Clock;
  readonly #began: number;
  #waitsSince: number | undefined;
  /** Called where the reader took what was written, or is gone. */
  #goOn = () => {};

  constructor(req: IncomingMessage, res: ServerResponse, clock: Clock) {
    this.client = clientOf(req);
    this.connection = connectionOf(req);
    this.#req = req;
    this.#res = res;
    this.#clock = clock;
    this.#began = clock.now();
  }

  get readsForMs(): number {
    return this.#clock.now() - this.#began;
  }

  /** For how long it has taken nothing of what waits for it. */
  get waitedMs(): number {
    return this.#waitsSince === undefined ? 0 : this.#clock.now() - this.#waitsSince;
  }

  /** Writes pieces that others may read, too. A slow reader is waited for; one that leaves ends it. */
  async write(pieces: Iterable<Uint8Array>): Promise<void> {
    const unlisten = this.#listen();
    try {
      for (const piece of pieces) {
        if (isGone(this.#req, this.#res)) return;
        await this.#writePiece(piece);
        await nextTurn();
      }
    } finally {
      unlisten();
    }
  }

  async #writePiece(piece: Uint8Array): Promise<void> {
    const taken = new Promise<void>((resolve) => {
      this.#goOn = resolve;
    });
    if (this.#res.write(piece)) return;
    this.#waitsSince = this.#clock.now();
    await taken;
    this.#waitsSince = undefined;
  }

  /** Once for all pieces: what an app puts before the answer (`compression`) may keep every listener. */
  #listen(): () => void {
    const goOn = () => this.#goOn();
    const [res, { socket }] = [this.#res, this.#req];
    res.on("drain", goOn).on("close", goOn);
    // Node 20 closes no answer whose turn has not come, but its connection alone
    const unqueue = res.socket === null ? onClose(socket, goOn) : undefined;
    return () => {
      res.off("drain", goOn).off("close", goOn);
      unqueue?.();
    };
  }

  /** Closes the connection, also of an answer whose turn on it has not come: nothing else would end that one. */
  cutOff(): void {
    const { socket } = this.#res;
    this.#res.destroy();
    if (socket === null) this.#req.socket.destroy();
  }
}

/** All streams of HTTP/2 have one connection. */
function connectionOf(req: IncomingMessage & { readonly stream?: { readonly session?: object } }): object {
  return req.stream?.session ?? req.socket ?? req;
}

/** Whether nobody is there to answer, or the app has answered meanwhile. */
export function isGone({ socket }: IncomingMessage, res: ServerResponse): boolean {
  return res.destroyed || res.writableEnded || socket?.destroyed === true;
}

const queued = new WeakMap<Socket, Set<() => void>>();

/** One listener for all that wait for their turn on a connection. */
function onClose(socket: Socket, closed: () => void): () => void {
  const waiting = queued.get(socket) ?? new Set();
  if (!queued.has(socket)) {
    queued.set(socket, waiting);
    socket.once("close", () => {
      for (const tell of waiting) tell();
    });
  }
  waiting.add(closed);
  return () => void waiting.delete(closed);
}
