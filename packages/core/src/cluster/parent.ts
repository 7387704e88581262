import type { Diagnostics } from "../base/diagnostics.ts";
import { AiwatchError } from "../base/errors.ts";
import { inTurns, withTimeout } from "../base/time.ts";
import type { MetricJson } from "../exposition/registry-metrics.ts";
import { farewellId, isOurs, type ParentLine, type ParentTransport, sendPieces } from "./message.ts";
import { joined, type PackedMetric } from "./packed-metrics.ts";

interface Question {
  readonly parts: PackedMetric[];
  readonly answered: (parts: readonly PackedMetric[]) => void;
}

interface ParentOptions {
  readonly timeoutMs: number;
  readonly diagnostics: Diagnostics;
  /** What this worker answers for. */
  readonly collect: () => Promise<readonly MetricJson[]>;
}

/** A worker's side of the line to its parent: answers with the worker's own metrics, and gets everybody's. */
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
    this.#reported(this.#line.send({ kind: "hello", again: false }));
  }

  /**
   * @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` where the parent does not answer: this worker's own counters in the place of everybody's
   *   would look like a restart
   */
  async gather(): Promise<readonly MetricJson[]> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<readonly PackedMetric[]>((answered) => {
      this.#questions.set(id, { parts: [], answered });
    });
    this.#reported(this.#line.send({ kind: "ask", id }));
    const ms = this.#options.timeoutMs * this.#transport.patience;
    const all = await withTimeout(() => answer, { ms, late: () => undefined });
    this.#questions.delete(id);
    if (all !== undefined) return await inTurns(joined(all));
    const { name } = this.#transport;
    const error = new DOMException(`no answer from the cluster's ${name}`, "TimeoutError");
    this.#options.diagnostics.fault("registry", `asking the ${name} for the cluster's metrics`, error);
    const message = `the cluster's ${name} did not answer: call joinCluster() in it too`;
    throw new AiwatchError("AIWATCH_CLUSTER_TIMEOUT", message);
  }

  /** Hands over what was counted since the last scrape. */
  async leave(): Promise<void> {
    this.#line.mute();
    if (this.#line.isConnected) await sendPieces(this.#line.send, farewellId, await this.#options.collect());
    this.#line.close();
  }

  #heard(message: unknown): void {
    if (!isOurs(message)) return;
    if (message.kind === "who") this.#reported(this.#line.send({ kind: "hello", again: true }));
    if (message.kind === "ask") this.#reported(this.#answer(message.id));
    if (message.kind !== "piece") return;
    const question = this.#questions.get(message.id);
    question?.parts.push(...message.metrics);
    if (message.last) question?.answered(question.parts);
  }

  async #answer(id: number): Promise<void> {
    try {
      await sendPieces(this.#line.send, id, await this.#options.collect());
    } catch (error) {
      // such as a label that JSON cannot hold: the parent must not wait for it
      await this.#line.send({ kind: "failed", id });
      throw error;
    }
  }

  /** Where the line is closed, there is no parent to be notified. */
  #reported(sent: Promise<void>): void {
    sent.catch((error: NodeJS.ErrnoException) => {
      if (!this.#line.isConnected || error.code === "EPIPE") return;
      this.#options.diagnostics.fault("registry", `sending the ${this.#transport.name} this worker's metrics`, error);
    });
  }
}
