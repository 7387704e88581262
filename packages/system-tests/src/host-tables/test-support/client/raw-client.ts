import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type AskOptions, casePath } from "./ask.ts";

/** The other side of the process that a client talks to. */
export interface Cues {
  /** Resolves when the app has come to `name`. */
  mark(name: string): Promise<void>;
  /** Lets the app go on. */
  cue(name: string): void;
}

/** How long a client waits for what must come. */
const patienceMs = 4000;

/** A client that reads and writes bytes. */
export class RawClient implements Cues {
  readonly socket: Socket;
  readonly mark: Cues["mark"];
  readonly cue: Cues["cue"];
  /** Everything that was answered so far. */
  wire = "";
  #closed = false;
  readonly #more: readonly string[];
  readonly #wakers = new Set<() => void>();

  private constructor(socket: Socket, cues: Cues, more: readonly string[]) {
    this.#more = more;
    this.socket = socket;
    this.mark = (name) => cues.mark(name);
    this.cue = (name) => cues.cue(name);
    socket.setEncoding("latin1").on("data", (data) => {
      this.wire += data;
      this.#wake();
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#closed = true;
      this.#wake();
    });
  }

  static async open(port: number, cues: Cues, more: readonly string[] = []): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const client = new RawClient(socket, cues, more);
    await once(socket, "connect");
    // a server that ends its side is answered in kind, as programs do
    socket.once("end", () => socket.end());
    return client;
  }

  send(...asked: readonly (AskOptions | string)[]): void {
    this.socket.write(asked.map((one) => (typeof one === "string" ? one : requestText(one, this.#more))).join(""));
  }

  /** Resolves as soon as `count` matches of `pattern` were answered. */
  async until(pattern: RegExp, count = 1): Promise<void> {
    const found = () => [...this.wire.matchAll(new RegExp(pattern, "g"))].length >= count;
    await this.#wait(found, `${pattern}`);
  }

  /** Closes this side, and waits for the other. */
  async leave(): Promise<void> {
    this.socket.end();
    await this.closed();
  }

  /** Resolves when the connection is closed. */
  async closed(withinMs = patienceMs): Promise<void> {
    await this.#wait(() => this.#closed, "the end of the connection", withinMs);
  }

  async #wait(isSo: () => boolean, what: string, withinMs = patienceMs): Promise<void> {
    const late = Date.now() + withinMs;
    while (!isSo()) {
      if (this.#closed) throw new Error(`closed before ${what}: ${JSON.stringify(this.wire.slice(0, 2000))}`);
      await this.#nextTurn(late - Date.now());
      if (Date.now() >= late)
        throw new Error(`waited in vain for ${what}: ${JSON.stringify(this.wire.slice(0, 2000))}`);
    }
  }

  #nextTurn(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(ms, 0));
      this.#wakers.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
  }
}

/** A request in the words of the protocol; one that closes its connection, where nothing else is said. */
function requestText(ask: AskOptions, more: readonly string[]): string {
  const { method = "GET", path = casePath, version = "1.1", headers, body = "" } = ask;
  const lines = headers ?? ["connection: close"];
  return `${[`${method} ${path} HTTP/${version}`, "host: x", ...more, ...lines].join("\r\n")}\r\n\r\n${body}`;
}
