import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, type Later, later } from "../base/time.ts";
import type { ExpositionText } from "../exposition/shared-exposition.ts";
import { HttpError } from "./answer.ts";
import { Reader } from "./reader.ts";

/** Of the texts that are being read: they are what readers cost, and all who read one share it. */
export const mostBytes = 8_000_000;

/** Answers under way on one connection. A scraper asks again when it was answered. */
export const mostOfConnection = 100;

/** Milliseconds: who took nothing for so long makes room where another text is asked for. */
export const patienceMs = 1000;

/** Milliseconds: no scraper waits longer by default. Who reads for so long makes room, too; a client that reads several texts has a second for each. */
export const longestReadMs = 10_000;

/** How often those who read are looked at while another text is asked for. */
const lookMs = 100;

/**
 * Those who read long answers. Who reads makes room for other texts soon; who does not is cut off where one is asked for, of the client that reads
 * most of them first.
 */
export class Readers {
  readonly #clock: Clock;
  readonly #later: Later;
  readonly #reading = new Map<ExpositionText, Set<Reader>>();
  readonly #connections = new WeakMap<object, number>();
  #left = () => {};

  constructor(clock: Clock, startTimer: Later = later) {
    this.#clock = clock;
    this.#later = startTimer;
  }

  /**
   * Writes the text. Resolves when it is written, or its reader is gone.
   * @throws HttpError 503 where as many answers of its connection were not taken
   */
  async read(req: IncomingMessage, res: ServerResponse, text: ExpositionText): Promise<void> {
    const reader = new Reader(req, res, this.#clock);
    const ofConnection = this.#connections.get(reader.connection) ?? 0;
    if (ofConnection >= mostOfConnection) throw tooMany();
    this.#connections.set(reader.connection, ofConnection + 1);
    const readers = this.#reading.get(text) ?? new Set();
    this.#reading.set(text, readers.add(reader));
    try {
      await reader.write(text);
    } finally {
      this.#connections.set(reader.connection, (this.#connections.get(reader.connection) ?? 1) - 1);
      readers.delete(reader);
      if (readers.size === 0) this.#reading.delete(text);
      this.#left();
    }
  }

  /** Resolves when there is room for another text. */
  async room(): Promise<void> {
    while (!this.#hasRoom() && !this.#cutOff()) {
      await new Promise<void>((look) => {
        const callOff = this.#later(look, lookMs);
        this.#left = () => {
          callOff();
          look();
        };
      });
    }
  }

  /** One may be read slowly while others read the next, however long they are. */
  #hasRoom(): boolean {
    let bytes = 0;
    for (const text of this.#reading.keys()) for (const piece of text) bytes += piece.length;
    return this.#reading.size < 2 || bytes < mostBytes;
  }

  /** Ends one text. @returns whether there was one that nobody reads as they should */
  #cutOff(): boolean {
    const held = this.#heldByClient();
    const heldBy = (reader: Reader) => held.get(reader.client)?.size ?? 0;
    const isDue = (reader: Reader) =>
      reader.waitedMs >= patienceMs || reader.readsForMs >= (heldBy(reader) > 1 ? patienceMs : longestReadMs);
    let worst: readonly Reader[] = [];
    let most = 0;
    for (const readers of this.#reading.values()) {
      const all = [...readers];
      // whoever holds fewest of those who share a text is the one to be spared
      const least = Math.min(...all.map(heldBy));
      if (least > most && all.every(isDue)) [worst, most] = [all, least];
    }
    for (const reader of worst) reader.cutOff();
    return most > 0;
  }

  #heldByClient(): Map<string, Set<ExpositionText>> {
    const held = new Map<string, Set<ExpositionText>>();
    for (const [text, readers] of this.#reading)
      for (const { client } of readers) held.set(client, (held.get(client) ?? new Set()).add(text));
    return held;
  }
}

function tooMany(): HttpError {
  return new HttpError(503, "too many answers of this connection are not read", { "retry-after": "1" });
}
