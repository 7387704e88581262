import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";
import { nextTurn } from "../timers.ts";
import { Refusal } from "./answer.ts";

/** Answers under way at once. Each may hold a text of its own until it is read. */
export const mostReaders = 32;

/** Of one connection: a scraper asks again when it was answered. */
export const mostOfConnection = 2;

/** Milliseconds: a reader that took nothing for so long makes room for one that asks. */
export const patienceMs = 1000;

/** Those who read a long answer: no more of them than are good for the process, however few of them really read. */
export class Readers {
  readonly #clock: Clock;
  readonly #underWay = new Set<Reader>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Has `read` write an answer, where there is room for one more.
   * @throws Refusal 503 where there is none
   */
  async admit(req: IncomingMessage, res: ServerResponse, read: (reader: Reader) => Promise<void>): Promise<void> {
    const reader = new Reader(req, res, this.#clock);
    this.#makeRoom(reader);
    this.#underWay.add(reader);
    const gone = new AbortController();
    try {
      await Promise.race([read(reader), reader.left(gone.signal)]);
    } finally {
      gone.abort();
      this.#underWay.delete(reader);
    }
  }

  #makeRoom({ connection }: Reader): void {
    const readers = [...this.#underWay];
    if (readers.filter((reader) => reader.connection === connection).length >= mostOfConnection) throw tooMany();
    if (readers.length < mostReaders) return;
    const [slowest] = readers.sort((a, b) => b.waitedMs - a.waitedMs);
    if (slowest === undefined || slowest.waitedMs < patienceMs) throw tooMany();
    this.#underWay.delete(slowest);
    slowest.cutOff();
  }
}

/** One who reads, piece by piece: the event loop has a turn after each. */
export class Reader {
  readonly connection: unknown;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #clock: Clock;
  #waitsSince: number | undefined;

  constructor(req: IncomingMessage, res: ServerResponse, clock: Clock) {
    this.connection = connectionOf(req);
    this.#req = req;
    this.#res = res;
    this.#clock = clock;
  }

  /** For how long it has taken nothing of what waits for it. */
  get waitedMs(): number {
    return this.#waitsSince === undefined ? 0 : this.#clock.now() - this.#waitsSince;
  }

  /** Writes pieces that others may read, too. A slow reader is waited for; one that leaves ends it. */
  async write(pieces: Iterable<Uint8Array>): Promise<void> {
    for (const piece of pieces) {
      if (this.#res.destroyed) return;
      if (!this.#res.write(piece)) await this.#drained();
      await nextTurn();
    }
  }

  /** Closes the connection, also of an answer whose turn on it has not come: nothing else would end that one. */
  cutOff(): void {
    const { socket } = this.#res;
    this.#res.destroy();
    if (socket === null) this.#req.socket.destroy();
  }

  /**
   * Resolves when it is gone. Node 20 closes no answer whose turn has not come, but its connection alone. Some adapters' sockets are none.
   * @param signal ends the waiting
   */
  left(signal: AbortSignal): Promise<void> {
    const emitters = [this.#res, this.#req.socket].filter((emitter) => typeof emitter?.once === "function");
    return new Promise((resolve) => {
      const closed = () => {
        for (const emitter of emitters) emitter.off("close", closed);
        resolve();
      };
      for (const emitter of emitters) emitter.once("close", closed);
      signal.addEventListener("abort", closed, { once: true });
    });
  }

  /** The reader has taken what was written, or is gone. What was listened for in vain is not listened for any longer. */
  async #drained(): Promise<void> {
    const settled = new AbortController();
    const { signal } = settled;
    this.#waitsSince = this.#clock.now();
    try {
      await Promise.race([once(this.#res, "drain", { signal }), once(this.#res, "close", { signal })]);
    } finally {
      this.#waitsSince = undefined;
      settled.abort();
    }
  }
}

/** All streams of HTTP/2 have one connection. */
function connectionOf(req: IncomingMessage & { readonly stream?: { readonly session?: unknown } }): unknown {
  return req.stream?.session ?? req.socket;
}

function tooMany(): Refusal {
  return new Refusal(503, "too many scrapes are under way", { "retry-after": "1" });
}
