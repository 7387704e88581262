import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { Writable } from "node:stream";
import { EventReader } from "./event-stream.ts";

/** A reader without a network, that takes what is written only while it is not held. */
export class HeldReader {
  readonly reader = new EventReader();
  readonly pieces: Uint8Array[] = [];
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly #response: HeldResponse;

  constructor(method = "GET") {
    const socket = new Socket();
    this.#response = new HeldResponse(socket, (piece) => {
      this.pieces.push(piece);
      this.reader.push(Buffer.from(piece).toString());
    });
    this.req = { method, headers: {}, socket } as unknown as IncomingMessage;
    this.res = this.#response as unknown as ServerResponse;
  }

  /** The names of the events so far. */
  get events(): string[] {
    return this.reader.events.map(({ event }) => event);
  }

  /** What waits for it. */
  get waitingBytes(): number {
    return this.#response.writableLength;
  }

  hold(): void {
    this.#response.isHeld = true;
  }

  release(): void {
    this.#response.release();
  }

  leave(): void {
    this.#response.destroy();
  }
}

class HeldResponse extends Writable {
  statusCode = 0;
  headersSent = false;
  shouldKeepAlive = true;
  isHeld = false;
  readonly headers: Record<string, string> = {};
  readonly socket: Socket;
  readonly #taken: (piece: Uint8Array) => void;
  #release = () => {};

  constructor(socket: Socket, taken: (piece: Uint8Array) => void) {
    super();
    this.socket = socket;
    this.#taken = taken;
  }

  setHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  override _write(piece: Uint8Array, _encoding: string, written: () => void): void {
    this.headersSent = true;
    const take = () => {
      this.#taken(piece);
      written();
    };
    if (this.isHeld) this.#release = take;
    else take();
  }

  release(): void {
    this.isHeld = false;
    this.#release();
    this.#release = () => {};
  }
}
