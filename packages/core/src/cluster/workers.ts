import type { Diagnostics } from "../base/diagnostics.ts";
import { catalogue } from "../catalogue/index.ts";
import type { MetricJson } from "../exposition/registry-metrics.ts";
import type { Snapshot } from "./aggregation.ts";
import { cumulative, Departed } from "./departed.ts";
import { isOurs, sendPieces, type WorkerLine, type WorkersTransport } from "./message.ts";
import { Peer } from "./peer.ts";

interface WorkersOptions {
  readonly transports: readonly WorkersTransport[];
  readonly diagnostics: Diagnostics;
  /** Everybody's metrics, for a worker that asks. */
  readonly gather: () => Promise<readonly MetricJson[]>;
}

/** A parent's side of the lines to its workers: collects their metrics, those of workers that are gone too, and sends them everybody's. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #peers = new Map<string, Peer>();
  readonly #departed = new Departed();
  readonly #closers: readonly (() => void)[];

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#closers = options.transports.map((transport) =>
      transport.open({
        found: (line) => this.#reported(line.send({ kind: "who" })),
        heard: (line, message) => this.#heard(line, message),
        gone: (id) => this.#gone(id),
      }),
    );
  }

  /** Whether there is no worker, and never was one. */
  get isAlone(): boolean {
    return this.#peers.size === 0 && this.#departed.snapshots.length === 0;
  }

  /**
   * What all of them say, those that are gone with what they had counted. `own` is awaited meanwhile, and comes among them: who is there is
   * looked at once, in one turn, since a worker that dies must not be added both as one that answered and as one departed.
   */
  async ask(timeoutMs: number, own: Promise<Snapshot>): Promise<readonly Snapshot[]> {
    const asked = [...this.#peers].filter(([, peer]) => !peer.hasLeft);
    const [ownSnapshot, ...answers] = await Promise.all([
      own,
      ...asked.map(async ([id, peer]) => ({ id, answered: await peer.ask(timeoutMs) })),
    ]);
    const still = answers.filter(({ id }) => this.#peers.has(id));
    const answered = new Set(still.filter((answer) => answer.answered).map(({ id }) => id));
    const silent = still.length - answered.size;
    for (let nth = 0; nth < silent; nth += 1) this.#reportSilence(timeoutMs);
    return [...this.#known(answered), ownSnapshot, ...this.#departed.snapshots, [counted(answered.size, silent)]];
  }

  close(): void {
    for (const close of this.#closers) close();
  }

  /** The workers that live: their answers, else what they had counted by their last one. */
  #known(answered: ReadonlySet<string>): Snapshot[] {
    return Array.from(this.#peers, ([id, { last = [] }]) => (answered.has(id) ? last : cumulative(last)));
  }

  #heard(line: WorkerLine, message: unknown): void {
    if (!isOurs(message)) return;
    if (message.kind === "hello") this.#joined(line, message.again);
    if (message.kind === "piece") this.#peers.get(line.id)?.receive(message);
    if (message.kind === "failed") this.#peers.get(line.id)?.failed(message.id);
    if (message.kind === "ask") this.#reported(this.#answer(line, message.id));
  }

  #joined(line: WorkerLine, again: boolean): void {
    const peer = this.#peers.get(line.id) ?? new Peer(line.send);
    this.#peers.set(line.id, peer);
    if (!again) peer.joined();
  }

  #gone(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    peer.gone();
    if (peer.last !== undefined) this.#departed.add(peer.last);
  }

  async #answer({ send }: WorkerLine, id: number): Promise<void> {
    await sendPieces(send, id, await this.#options.gather());
  }

  /** A worker that dies while it is spoken to is no fault of ours. */
  #reported(sent: Promise<void>): void {
    sent.catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_IPC_CHANNEL_CLOSED" || error.code === "EPIPE") return;
      this.#options.diagnostics.fault("registry", "sending a worker the cluster's metrics", error);
    });
  }

  #reportSilence(timeoutMs: number): void {
    const error = new DOMException(`no answer within ${timeoutMs} ms`, "TimeoutError");
    this.#options.diagnostics.fault("registry", "asking a worker for its metrics", error);
  }
}

/** What one answer for all is made of. */
function counted(answered: number, silent: number): MetricJson {
  const { name, help, type, aggregation } = catalogue.clusterWorkers;
  const values = [
    { labels: { state: "answered" }, value: answered },
    { labels: { state: "silent" }, value: silent },
  ];
  return { name, help, type, aggregator: aggregation, values };
}
