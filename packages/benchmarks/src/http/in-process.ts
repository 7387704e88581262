import type { Server } from "node:http";
import { Duplex } from "node:stream";
import { answerLength } from "./load.ts";

const connections = 20;

const request = Buffer.from(
  "GET /items/42 HTTP/1.1\r\nhost: 127.0.0.1:8080\r\nconnection: keep-alive\r\n" +
    "user-agent: aiwatch-benchmarks/1.0 (a client of usual length)\r\naccept: */*\r\n\r\n",
);

/**
 * Asks a server in its own process, over connections that are streams in memory: no kernel, no second process, nothing but the server's own
 * work and the parser's.
 *
 * @returns sends so many requests, on each connection one at a time, and resolves once all are answered
 */
export function inProcess(server: Server): (requests: number) => Promise<void> {
  let unsent = 0;
  let unanswered = 0;
  let done = () => {};
  let ready: Connection[] = [];
  const answered = (connection: Connection) => {
    ready.push(connection);
    unanswered -= 1;
    if (unanswered === 0) done();
  };
  for (let index = 0; index < connections; index += 1) {
    const connection = new Connection(answered);
    server.emit("connection", connection);
    ready.push(connection);
  }
  const turn = () => {
    const idle = ready;
    ready = [];
    for (const connection of idle) {
      if (unsent === 0) ready.push(connection);
      else {
        unsent -= 1;
        connection.push(request);
      }
    }
    if (unanswered > 0) setImmediate(turn);
  };
  return (requests) => {
    unsent = requests;
    unanswered = requests;
    // two turns more: what happens at the end of a turn belongs to the last requests, too
    const settled = new Promise<void>((resolve) => {
      done = () => setImmediate(() => setImmediate(resolve));
    });
    setImmediate(turn);
    return settled;
  };
}

/** As much of a socket as Node's server asks of one. */
class Connection extends Duplex {
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort = 40_000;
  readonly #answered: (connection: Connection) => void;
  #checked = 0;

  constructor(answered: (connection: Connection) => void) {
    super({ allowHalfOpen: true });
    this.#answered = answered;
  }

  setTimeout() {
    return this;
  }
  setNoDelay() {
    return this;
  }
  setKeepAlive() {
    return this;
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }

  override _read() {}

  override _write(chunk: Buffer, _encoding: string, done: () => void) {
    done();
    this.#take([chunk]);
  }

  override _writev(pieces: readonly { readonly chunk: Buffer }[], done: () => void) {
    done();
    this.#take(pieces.map(({ chunk }) => chunk));
  }

  /** An answer comes in one piece, as the first ones are seen to: to look at all of them would be measured, too. */
  #take(chunks: readonly Buffer[]) {
    if (this.#checked < 10) {
      this.#checked += 1;
      const text = Buffer.concat(chunks).toString("latin1");
      if (!text.startsWith("HTTP/1.1 200 "))
        throw new Error(`the server answered ${text.slice(0, text.indexOf("\r"))}`);
      if (answerLength(text) !== text.length) throw new Error("the server answers in more than one piece");
    }
    this.#answered(this);
  }
}
