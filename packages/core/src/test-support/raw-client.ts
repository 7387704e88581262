import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A client that says what no well-behaved one would. */
export interface RawClient {
  readonly socket: Socket;
  /** Everything that was answered so far. */
  readonly answered: string;
  /** Resolves as soon as `count` matches of `pattern` were answered; rejects when the connection is closed before. */
  answers(pattern: RegExp, count?: number): Promise<void>;
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
}

export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  let answered = "";
  let isClosed = false;
  let wake = () => {};
  socket.on("data", (data) => {
    answered += data;
    wake();
  });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      isClosed = true;
      wake();
      resolve();
    });
  });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return {
    socket,
    closed,
    get answered() {
      return answered;
    },
    async answers(pattern, count = 1) {
      const found = () => [...answered.matchAll(new RegExp(pattern, "g"))].length >= count;
      while (!found()) {
        if (isClosed) throw new Error(`closed before ${pattern}: ${answered}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** A request in the words of the protocol. */
export function requestText(path: string, headers: readonly string[] = [], method = "GET", body = ""): string {
  return `${[`${method} ${path} HTTP/1.1`, "host: x", ...headers].join("\r\n")}\r\n\r\n${body}`;
}
