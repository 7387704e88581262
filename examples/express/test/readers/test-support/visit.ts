import { once } from "node:events";
import { type Agent, type IncomingMessage, request } from "node:http";
import { timeOfDay } from "./loop-delays.ts";

/**
 * What a reader saw and did. `left` is without a piece of the answer, `aborted` with one; `failed` without one is a status of 500, and `cut` an answer
 * that broke off.
 */
export type Fate = "answered" | "refused" | "left" | "aborted" | "failed" | "cut";

/** One question as its reader tells it. */
export interface Visited {
  readonly id: string;
  readonly fate: Fate;
  /** In milliseconds of the time of day. */
  readonly sentAt: number;
  /** From just before the request is written to the first piece of the answer with text in it, by the reader's own clock. */
  readonly firstTextMs?: number;
  /** Pieces of the answer that came. */
  readonly pieces: number;
}

export interface Question {
  readonly id: string;
  /** Chooses the answer, and with it how long that is. */
  readonly seed: number;
  readonly agent: Agent;
  /** Its reader leaves after so many pieces. @default never */
  readonly leavesAfter?: number;
}

/** One question that goes on. */
export class Visit {
  /** Rejects when it ends as no reader meant it to. */
  readonly over: Promise<Visited>;
  readonly #id: string;
  readonly #request;
  readonly #sentAt: number;
  #response: IncomingMessage | undefined;
  #firstTextMs: number | undefined;
  #pieces = 0;
  #isGone = false;
  #isCut = false;

  constructor(url: string, { id, seed, agent, leavesAfter }: Question) {
    this.#id = id;
    const headers = { "content-type": "application/json", "x-request-id": id };
    this.#request = request(`${url}/chat`, { method: "POST", headers, agent });
    this.over = this.#toItsEnd(leavesAfter);
    this.#sentAt = performance.now();
    this.#request.end(JSON.stringify({ message: "how are you", seed }));
  }

  /** Whether anything was answered, be it a refusal. */
  get isAnswered(): boolean {
    return this.#response !== undefined;
  }

  /** Its reader goes away. */
  leave(): void {
    this.#isGone = true;
    this.#request.destroy();
  }

  async #toItsEnd(leavesAfter: number | undefined): Promise<Visited> {
    try {
      const [response] = (await once(this.#request, "response")) as [IncomingMessage];
      this.#response = response;
      for await (const piece of response) {
        this.#read(piece as Buffer);
        if (this.#pieces === leavesAfter) this.leave();
      }
    } catch (error) {
      if (!this.#isGone && this.#response === undefined) throw error;
      this.#isCut = true;
    }
    const firstTextMs = this.#firstTextMs;
    const { id, pieces, sentAt } = { id: this.#id, pieces: this.#pieces, sentAt: timeOfDay(this.#sentAt) };
    return { id, fate: this.#fate(), sentAt, pieces, ...(firstTextMs !== undefined && { firstTextMs }) };
  }

  #read(piece: Buffer): void {
    if (this.#response?.statusCode !== 200 || piece.length === 0) return;
    this.#firstTextMs ??= performance.now() - this.#sentAt;
    this.#pieces += 1;
  }

  #fate(): Fate {
    if (this.#isGone) return this.#firstTextMs === undefined ? "left" : "aborted";
    const { statusCode } = this.#response ?? {};
    if (this.#isCut) return "cut";
    if (statusCode === 503) return "refused";
    if (statusCode === 500) return "failed";
    if (statusCode === 200 && this.#firstTextMs !== undefined) return "answered";
    throw new Error(`${this.#id} was answered with ${statusCode} and ${this.#pieces} pieces`);
  }
}
