import cluster, { type Worker } from "node:cluster";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { inTurns } from "../base/in-turns.ts";
import { collectMetrics } from "../exposition/collect.ts";
import type { MetricJson } from "../exposition/metric-json.ts";
import { addUp, type Snapshot } from "./add-up.ts";
import { clusterWorkers } from "./cluster-workers.ts";
import { cumulative } from "./cumulative.ts";
import { Departed } from "./departed.ts";
import type { ClusterMember } from "./member.ts";
import { isOurs, type Send, sender } from "./message.ts";
import { Peer } from "./peer.ts";
import { sendPieces } from "./pieces.ts";

/** The primary's part: asks the workers, adds them up, and tells a worker that is asked itself. */
export class Primary implements ClusterMember {
  readonly #aiwatch: AiwatchHost;
  readonly #timeoutMs: number;
  readonly #peers = new Map<number, Peer>();
  readonly #departed = new Departed();

  constructor(aiwatch: AiwatchHost, timeoutMs: number) {
    this.#aiwatch = aiwatch;
    this.#timeoutMs = timeoutMs;
    cluster.on("message", this.#heard);
    // not "exit": that may come before the worker's last words were read
    cluster.on("disconnect", this.#gone);
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker?.isConnected()) this.#reported(sendTo(worker)({ kind: "who" }));
    }
  }

  async gather(): Promise<readonly MetricJson[]> {
    const asked = [...this.#peers].filter(([, peer]) => !peer.hasLeft);
    const [own, ...answers] = await Promise.all([
      collectMetrics(this.#aiwatch),
      ...asked.map(async ([id, peer]) => ({ id, answered: await peer.ask(this.#timeoutMs) })),
    ]);
    // who is there is looked at once, in one turn: a worker that dies must not be added both as one that answered and as one departed
    const still = answers.filter(({ id }) => this.#peers.has(id));
    const answered = new Set(still.filter((answer) => answer.answered).map(({ id }) => id));
    const silent = still.length - answered.size;
    const workers = [clusterWorkers(answered.size, silent)];
    const snapshots = [...this.#known(answered), own, ...this.#departed.snapshots, workers];
    for (let nth = 0; nth < silent; nth += 1) this.#tellSilence();
    return await inTurns(addUp(snapshots, ({ name }) => this.#tellUnknownRule(name)));
  }

  async leave(): Promise<void> {
    cluster.off("message", this.#heard);
    cluster.off("disconnect", this.#gone);
  }

  /** The workers that live: what they say now, else what they had counted when they were last heard of. */
  #known(answered: ReadonlySet<number>): Snapshot[] {
    return Array.from(this.#peers, ([id, { last = [] }]) => (answered.has(id) ? last : cumulative(last)));
  }

  readonly #heard = (worker: Worker, message: unknown): void => {
    if (!isOurs(message)) return;
    if (message.kind === "hello") this.#joined(worker, message.again);
    if (message.kind === "piece") this.#peers.get(worker.id)?.receive(message);
    if (message.kind === "failed") this.#peers.get(worker.id)?.failed(message.id);
    if (message.kind === "ask") this.#reported(this.#tell(sendTo(worker), message.id));
  };

  #joined(worker: Worker, again: boolean): void {
    const peer = this.#peers.get(worker.id) ?? new Peer(sendTo(worker));
    this.#peers.set(worker.id, peer);
    if (!again) peer.joined();
  }

  readonly #gone = (worker: Worker): void => {
    const peer = this.#peers.get(worker.id);
    if (peer === undefined) return;
    this.#peers.delete(worker.id);
    peer.gone();
    if (peer.last !== undefined) this.#departed.add(peer.last);
  };

  async #tell(send: Send, id: number): Promise<void> {
    await sendPieces(send, id, await this.gather());
  }

  /** A worker that dies while it is spoken to is no fault of ours. */
  #reported(told: Promise<void>): void {
    told.catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_IPC_CHANNEL_CLOSED" || error.code === "EPIPE") return;
      this.#aiwatch.diagnostics.fault("registry", "telling a worker the cluster's metrics", error);
    });
  }

  #tellSilence(): void {
    const error = new DOMException(`no answer within ${this.#timeoutMs} ms`, "TimeoutError");
    this.#aiwatch.diagnostics.fault("registry", "asking a worker for its metrics", error);
  }

  #tellUnknownRule(name: string): void {
    const error = new RangeError(`${name} has an aggregator that prom-client does not have`);
    this.#aiwatch.diagnostics.fault("registry", `adding up the metric ${name}`, error);
  }
}

function sendTo(worker: Worker): Send {
  return sender((message, done) => worker.send(message, undefined, undefined, done));
}
