import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One keep-alive connection, by hand: an answer is waited for before the next request is sent, and what is received is what was sent. */
export class KeepAliveClient {
  readonly #port: number;
  #socket: Socket | undefined;
  #received = "";
  #arrived: (() => void) | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** @returns the answer's status, once its body is there */
  async get(path: string): Promise<number> {
    const socket = await this.#send(path);
    while (!isWhole(this.#received)) await this.#more(socket);
    return Number(this.#received.slice(9, 12));
  }

  /** Leaves when the answer has begun. @param reset whether the connection is reset, as by a client that dies, or closed */
  async abort(path: string, reset: boolean): Promise<void> {
    const socket = await this.#send(path);
    while (!this.#received.includes("first")) await this.#more(socket);
    this.#socket = undefined;
    if (reset) socket.resetAndDestroy();
    else socket.destroy();
    await once(socket, "close");
  }

  close(): void {
    this.#socket?.destroy();
  }

  async #send(path: string): Promise<Socket> {
    this.#socket ??= await this.#connect();
    this.#received = "";
    this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: app\r\n\r\n`);
    return this.#socket;
  }

  async #connect(): Promise<Socket> {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    socket.setEncoding("latin1").on("data", (data: string) => {
      this.#received += data;
      this.#arrived?.();
    });
    return socket;
  }

  #more(socket: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error(`the server closed the connection after ${JSON.stringify(this.#received)}`));
      socket.once("close", ended);
      this.#arrived = () => {
        socket.off("close", ended);
        resolve();
      };
    });
  }
}

function isWhole(received: string): boolean {
  const head = received.indexOf("\r\n\r\n");
  if (head === -1) return false;
  const length = /content-length: (\d+)/i.exec(received)?.[1];
  return length !== undefined && received.length === head + 4 + Number(length);
}
