import { withTimeout } from "../base/time.ts";
import type { Snapshot } from "./aggregation.ts";
import { farewellId, type Piece, type Send } from "./message.ts";
import { type PackedMetric, unpack } from "./packed-metrics.ts";

interface Question {
  readonly id: number;
  /** Whether it was answered. */
  readonly answer: Promise<boolean>;
  readonly settle: (answered: boolean) => void;
}

/** A worker, as the primary knows it. */
export class Peer {
  readonly #send: Send;
  readonly #parts = new Map<number, PackedMetric[]>();
  #question: Question | undefined;
  #lastId = farewellId;
  /** Its last whole answer. */
  last: Snapshot | undefined;
  /** Whether it said farewell: it may live on, and gets no more questions. */
  hasLeft = false;

  constructor(send: Send) {
    this.#send = send;
  }

  /**
   * Asks what it has now. One that owes an answer is not asked again: it would have to answer everything at once when it comes to.
   * @returns whether `last` is its answer
   */
  async ask(timeoutMs: number): Promise<boolean> {
    this.#question ??= this.#ask();
    const { answer } = this.#question;
    return await withTimeout(() => answer, { ms: timeoutMs, late: () => false });
  }

  /** It joined, whether anew or again: what it was asked before is not answered any more. */
  joined(): void {
    this.hasLeft = false;
    this.#settle(false);
  }

  failed(id: number): void {
    this.#parts.delete(id);
    if (id === this.#question?.id) this.#settle(false);
  }

  gone(): void {
    this.#settle(false);
  }

  receive(piece: Piece): void {
    const parts = this.#parts.get(piece.id) ?? [];
    this.#parts.set(piece.id, parts);
    parts.push(...piece.metrics);
    if (!piece.last) return;
    this.#parts.delete(piece.id);
    this.last = unpacked(parts);
    if (piece.id === farewellId) this.hasLeft = true;
    // whatever it was asked, a farewell says all
    if (this.hasLeft || piece.id === this.#question?.id) this.#settle(true);
  }

  #settle(answered: boolean): void {
    this.#question?.settle(answered);
    this.#question = undefined;
  }

  #ask(): Question {
    this.#lastId += 1;
    const id = this.#lastId;
    let settle: Question["settle"] = () => {};
    const answer = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    // where it cannot be sent, the worker is about to be gone
    this.#send({ kind: "ask", id }).catch(() => {});
    return { id, answer, settle };
  }
}

/** Kept as it came, and unpacked a metric at a time: it is the smaller, and work that can be interrupted. */
function unpacked(parts: readonly PackedMetric[]): Snapshot {
  return {
    *[Symbol.iterator]() {
      for (const part of parts) yield unpack(part);
    },
  };
}
