import { monotonicClock } from "../base/time.ts";
import { comesIn } from "./comes-in.ts";
import { farewellId, type Parts, type Piece, type Send, type Sources, type Subject } from "./message.ts";

interface Question {
  readonly id: number;
  readonly askedAt: number;
  /** Whether it was answered. */
  readonly answer: Promise<boolean>;
  readonly settle: (answered: boolean) => void;
}

/** A whole answer, and when it came by the clock of whoever asked. */
export interface Heard<Of extends Subject> {
  readonly parts: readonly Parts[Of][];
  readonly at: number;
}

/** What a worker is asked of one subject. */
class Inquiry<Of extends Subject> {
  readonly #subject: Of;
  readonly #send: Send;
  readonly #parts = new Map<number, Parts[Of][]>();
  #question: Question | undefined;
  #lastId = farewellId;
  #source: number | undefined;
  /** Its last whole answer. */
  last: Heard<Of> | undefined;

  constructor(subject: Of, send: Send) {
    this.#subject = subject;
    this.#send = send;
  }

  /** @returns its last answer, where that came from another source: what it counted is over */
  readFrom(source: number): Heard<Of> | undefined {
    const before = this.#source === source ? undefined : this.last;
    this.#source = source;
    if (before !== undefined) this.last = undefined;
    return before;
  }

  /** Resolves with whether nothing is asked: false where the question of somebody before is not answered in time. */
  async isFree(timeoutMs: number): Promise<boolean> {
    return this.#question === undefined || (await isAnswered(this.#question, timeoutMs));
  }

  async ask(timeoutMs: number): Promise<boolean> {
    this.#question ??= this.#ask();
    return await isAnswered(this.#question, timeoutMs);
  }

  receive(piece: Piece, now: number): void {
    const parts = this.#parts.get(piece.id) ?? [];
    this.#parts.set(piece.id, parts);
    parts.push(...(piece.parts as readonly Parts[Of][]));
    if (!piece.last) return;
    this.#parts.delete(piece.id);
    this.last = { parts, at: now };
    // whatever it was asked, a farewell says all
    if (piece.id === farewellId || piece.id === this.#question?.id) this.settle(true);
  }

  failed(id: number): void {
    this.#parts.delete(id);
    if (id === this.#question?.id) this.settle(false);
  }

  settle(answered: boolean): void {
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
    this.#send({ kind: "ask", subject: this.#subject, id }).catch(() => {});
    return { id, askedAt: monotonicClock.now(), answer, settle };
  }
}

/**
 * The time runs from the question on: a worker that owes its answer for longer is not waited for again by each who asks. It gets a tenth, in case
 * the answer is there and only to be read.
 */
async function isAnswered({ answer, askedAt }: Question, timeoutMs: number): Promise<boolean> {
  const leftMs = timeoutMs - (monotonicClock.now() - askedAt);
  return (await comesIn(answer, Math.max(leftMs, timeoutMs / 10))) ?? false;
}

/** A worker, as its parent knows it. */
export class Peer {
  readonly #inquiries: { readonly [Of in Subject]: Inquiry<Of> };
  /** Whether it said farewell: it may live on, and gets no more questions. */
  hasLeft = false;

  constructor(send: Send) {
    this.#inquiries = {
      metrics: new Inquiry("metrics", send),
      summary: new Inquiry("summary", send),
      chats: new Inquiry("chats", send),
    };
  }

  /**
   * Asks what it has now. One that owes an answer is not asked again: it would have to answer everything at once when it comes to. Whoever asks
   * while it answers is given its next answer: no number is older than its question.
   * @returns whether `last` is its answer
   */
  async ask(subject: Subject, timeoutMs: number): Promise<boolean> {
    const inquiry = this.#inquiries[subject];
    if (!(await inquiry.isFree(timeoutMs)) || this.hasLeft) return false;
    return await inquiry.ask(timeoutMs);
  }

  /** Its last whole answer. */
  last<Of extends Subject>(subject: Of): Heard<Of> | undefined {
    const inquiry: Inquiry<Of> = this.#inquiries[subject];
    return inquiry.last;
  }

  /** It joined, whether anew or again: what it was asked before is not answered any more. */
  joined(): void {
    this.hasLeft = false;
    this.#settleAll();
  }

  /** It said what it answers from. @returns what it said last of that which it begins anew */
  answersFrom(sources: Sources): Peer["last"] {
    const { metrics, summary, chats } = this.#inquiries;
    const over = {
      metrics: metrics.readFrom(sources.metrics),
      summary: summary.readFrom(sources.summary),
      chats: chats.readFrom(sources.chats),
    };
    return <Of extends Subject>(subject: Of) => over[subject] as Heard<Of> | undefined;
  }

  failed(subject: Subject, id: number): void {
    this.#inquiries[subject].failed(id);
  }

  gone(): void {
    this.#settleAll();
  }

  /** @param now by the clock that the ages of answers are measured by */
  receive(piece: Piece, now: number): void {
    this.#inquiries[piece.subject].receive(piece, now);
    if (piece.id !== farewellId || !piece.last || piece.subject !== lastWords) return;
    this.hasLeft = true;
    this.#settleAll();
  }

  #settleAll(): void {
    for (const inquiry of Object.values(this.#inquiries)) inquiry.settle(false);
  }
}

/** What a worker says at its farewell, in this order. */
export const farewell = ["summary", "metrics"] as const satisfies readonly Subject[];
const lastWords: Subject = "metrics";
