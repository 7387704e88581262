import type { AiwatchHost } from "../aiwatch/host.ts";
import { AiwatchError } from "../base/errors.ts";
import { inTurns } from "../base/in-turns.ts";
import { collectMetrics } from "../exposition/collect.ts";
import type { MetricJson } from "../exposition/metric-json.ts";
import type { ClusterMember } from "./member.ts";
import { farewellId, isOurs, type Send, sender } from "./message.ts";
import type { PackedMetric } from "./packed.ts";
import { joined, sendPieces } from "./pieces.ts";
import { within } from "./within.ts";

interface Question {
  readonly parts: PackedMetric[];
  readonly answered: (parts: readonly PackedMetric[]) => void;
}

/** A worker's part: tells the primary its own metrics, and asks it for everybody's. */
export class WorkerProcess implements ClusterMember {
  readonly #aiwatch: AiwatchHost;
  readonly #timeoutMs: number;
  readonly #send: Send = sender((message, done) => process.send?.(message, undefined, undefined, done));
  readonly #questions = new Map<number, Question>();
  #lastId = 0;

  constructor(aiwatch: AiwatchHost, timeoutMs: number) {
    this.#aiwatch = aiwatch;
    this.#timeoutMs = timeoutMs;
    process.on("message", this.#heard);
    this.#reported(this.#send({ kind: "hello", again: false }));
  }

  /**
   * @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` where the primary does not answer: this worker's own counters in the place of everybody's
   *   would look like a restart
   */
  async gather(): Promise<readonly MetricJson[]> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<readonly PackedMetric[]>((answered) => {
      this.#questions.set(id, { parts: [], answered });
    });
    this.#reported(this.#send({ kind: "ask", id }));
    // the primary may have to wait for another worker itself
    const all = await within(answer, this.#timeoutMs * 2);
    this.#questions.delete(id);
    if (all !== undefined) return await inTurns(joined(all));
    const error = new DOMException("no answer from the cluster's primary", "TimeoutError");
    this.#aiwatch.diagnostics.fault("registry", "asking the primary for the cluster's metrics", error);
    const message = "the cluster's primary did not answer: call joinCluster() in it, too";
    throw new AiwatchError("AIWATCH_CLUSTER_TIMEOUT", message);
  }

  /** Hands over what was counted since the last scrape. */
  async leave(): Promise<void> {
    process.off("message", this.#heard);
    if (process.connected) await sendPieces(this.#send, farewellId, await collectMetrics(this.#aiwatch));
  }

  readonly #heard = (message: unknown): void => {
    if (!isOurs(message)) return;
    if (message.kind === "who") this.#reported(this.#send({ kind: "hello", again: true }));
    if (message.kind === "ask") this.#reported(this.#tell(message.id));
    if (message.kind !== "piece") return;
    const question = this.#questions.get(message.id);
    question?.parts.push(...message.metrics);
    if (message.last) question?.answered(question.parts);
  };

  async #tell(id: number): Promise<void> {
    try {
      await sendPieces(this.#send, id, await collectMetrics(this.#aiwatch));
    } catch (error) {
      // such as a label that JSON cannot hold: the primary must not wait for it
      await this.#send({ kind: "failed", id });
      throw error;
    }
  }

  /** Where the channel is closed, there is no primary to be told. */
  #reported(told: Promise<void>): void {
    told.catch((error: NodeJS.ErrnoException) => {
      if (!process.connected || error.code === "EPIPE") return;
      this.#aiwatch.diagnostics.fault("registry", "telling the primary this worker's metrics", error);
    });
  }
}
