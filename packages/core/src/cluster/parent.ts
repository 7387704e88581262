import type { Diagnostics } from "../base/diagnostics.ts";
import { AiwatchError } from "../base/errors.ts";
import { comesIn } from "./comes-in.ts";
import {
  farewellId,
  isOurs,
  type ParentLine,
  type ParentTransport,
  type Parts,
  type Pieces,
  type Sources,
  type Subject,
  sendPieces,
} from "./message.ts";
import { farewell } from "./peer.ts";

interface Question {
  readonly parts: Parts[Subject][];
  readonly answered: (parts: readonly Parts[Subject][]) => void;
}

interface ParentOptions {
  readonly timeoutMs: number;
  readonly diagnostics: Diagnostics;
  readonly sources: Sources;
  /** What this worker answers for. */
  readonly collect: <Of extends Subject>(subject: Of) => Promise<Pieces<Of>>;
}

/** A worker's side of the line to its parent: answers with what the worker itself has, and gets what everybody has. */
export class Parent {
  readonly #transport: ParentTransport;
  readonly #options: ParentOptions;
  readonly #line: ParentLine;
  readonly #questions = new Map<number, Question>();
  #lastId = 0;

  constructor(transport: ParentTransport, options: ParentOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#line = transport.open((message) => this.#heard(message));
    this.#hello(false);
  }

  /**
   * @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` where the parent does not answer: this worker's own counters in the place of everybody's
   *   would look like a restart
   */
  async gather<Of extends Subject>(subject: Of): Promise<readonly Parts[Of][]> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<readonly Parts[Subject][]>((answered) => {
      this.#questions.set(id, { parts: [], answered });
    });
    this.#reported(subject, this.#line.send({ kind: "ask", subject, id }));
    const all = await comesIn(answer, this.#options.timeoutMs * this.#transport.patience);
    this.#questions.delete(id);
    if (all !== undefined) return all as readonly Parts[Of][];
    const { name } = this.#transport;
    const error = new DOMException(`no answer from the cluster's ${name}`, "TimeoutError");
    this.#options.diagnostics.fault("registry", `asking the ${name} for the cluster's ${subject}`, error);
    const message = `the cluster's ${name} did not answer: call joinCluster() in it too`;
    throw new AiwatchError("AIWATCH_CLUSTER_TIMEOUT", message);
  }

  /** Hands over what was counted since the last scrape. */
  async leave(): Promise<void> {
    this.#line.mute();
    if (this.#line.isConnected) for (const subject of farewell) await this.#say(subject, farewellId);
    this.#line.close();
  }

  #hello(again: boolean): void {
    this.#reported("metrics", this.#line.send({ kind: "hello", again, sources: this.#options.sources }));
  }

  #heard(message: unknown): void {
    if (!isOurs(message)) return;
    if (message.kind === "who") this.#hello(true);
    if (message.kind === "ask") this.#reported(message.subject, this.#answer(message.subject, message.id));
    if (message.kind !== "piece") return;
    const question = this.#questions.get(message.id);
    question?.parts.push(...message.parts);
    if (message.last) question?.answered(question.parts);
  }

  async #answer(subject: Subject, id: number): Promise<void> {
    try {
      await this.#say(subject, id);
    } catch (error) {
      // such as a label that JSON cannot hold: the parent must not wait for it
      await this.#line.send({ kind: "failed", subject, id });
      throw error;
    }
  }

  async #say(subject: Subject, id: number): Promise<void> {
    await sendPieces(this.#line.send, subject, id, await this.#options.collect(subject));
  }

  /** Where the line is closed, there is no parent to be notified. */
  #reported(subject: Subject, sent: Promise<void>): void {
    sent.catch((error: NodeJS.ErrnoException) => {
      if (!this.#line.isConnected || error.code === "EPIPE") return;
      const what = `sending the ${this.#transport.name} this worker's ${subject}`;
      this.#options.diagnostics.fault("registry", what, error);
    });
  }
}
