import type { Diagnostics } from "../base/diagnostics.ts";
import type { Clock } from "../base/time.ts";
import type { ClusterFigures } from "../summary/schema.ts";
import {
  isOurs,
  type Pieces,
  type Sources,
  type Subject,
  sendPieces,
  type WorkerLine,
  type WorkersTransport,
} from "./message.ts";
import { type Heard, Peer } from "./peer.ts";

interface WorkersOptions {
  readonly transports: readonly WorkersTransport[];
  readonly diagnostics: Diagnostics;
  /** Measures how old an answer is. */
  readonly clock: Clock;
  /** What everybody has, for a worker that asks. */
  readonly gather: <Of extends Subject>(subject: Of) => Promise<Pieces<Of>>;
  /** A worker is gone, or begins anew with a registry or an instance of its own. */
  readonly departed: (last: Peer["last"]) => void;
}

/** What the workers that live say of a subject. */
export interface Polled<Own, Of extends Subject> {
  readonly own: Own;
  /** The answers of those that answered. */
  readonly answers: readonly Heard<Of>[];
  /** What the others said last: those that did not answer in time, and those that said farewell. */
  readonly before: readonly Heard<Of>[];
  readonly counts: ClusterFigures;
}

/** A parent's side of the lines to its workers: asks them what they have, and sends them what everybody has. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #peers = new Map<string, Peer>();
  readonly #closers: readonly (() => void)[];

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#closers = options.transports.map((transport) =>
      transport.open({
        found: (line) => this.#reported("metrics", line.send({ kind: "who" }), () => true),
        heard: (line, message) => this.#heard(line, message),
        gone: (id) => this.#gone(id),
      }),
    );
  }

  /** Whether no worker is there. */
  get areNone(): boolean {
    return this.#peers.size === 0;
  }

  /**
   * Asks all of them. `own` is awaited meanwhile, and comes among them: who is there is looked at once. Whoever reads what departed workers
   * said has to do so in the same turn, since a worker that dies must not be added both as one that answered and as one departed.
   * @param below how many workers of its own a worker answered for: they are as silent as it is
   */
  async poll<Own, Of extends Subject>(
    subject: Of,
    timeoutMs: number,
    ownPromise: Promise<Own>,
    below: (heard: Heard<Of>) => number,
  ): Promise<Polled<Own, Of>> {
    const asked = [...this.#peers].filter(([, peer]) => !peer.hasLeft);
    const [own, ...outcomes] = await Promise.all([
      ownPromise,
      ...asked.map(async ([id, peer]) => ({ id, answered: await peer.ask(subject, timeoutMs) })),
    ]);
    // who leaves meanwhile has said all, and is not silent
    const still = outcomes.filter(({ id, answered }) =>
      answered ? this.#peers.has(id) : this.#peers.get(id)?.hasLeft === false,
    );
    const [answered, silent] = [true, false].map(
      (is) => new Set(still.filter((outcome) => outcome.answered === is).map(({ id }) => id)),
    ) as [Set<string>, Set<string>];
    for (const _id of silent) this.#reportSilence(subject, timeoutMs);
    const lastOf = (has: (id: string) => boolean) =>
      [...this.#peers].flatMap(([id, peer]) => (has(id) ? (peer.last(subject) ?? []) : []));
    const unheard = lastOf((id) => silent.has(id)).reduce((sum, heard) => sum + below(heard), silent.size);
    return {
      own,
      answers: lastOf((id) => answered.has(id)),
      before: lastOf((id) => !answered.has(id)),
      counts: { answered: answered.size, silent: unheard },
    };
  }

  close(): void {
    for (const close of this.#closers) close();
  }

  #heard(line: WorkerLine, message: unknown): void {
    if (!isOurs(message)) return;
    const peer = this.#peers.get(line.id);
    if (message.kind === "hello") this.#joined(line, message.again, message.sources);
    if (message.kind === "piece") peer?.receive(message, this.#options.clock.now());
    if (message.kind === "failed") peer?.failed(message.subject, message.id);
    if (message.kind !== "ask") return;
    const { subject, id } = message;
    // it may end while its answer is made
    const isThere = () => this.#peers.has(line.id);
    this.#reported(subject, this.#answer(line, subject, id), isThere);
  }

  #joined(line: WorkerLine, again: boolean, sources: Sources): void {
    const peer = this.#peers.get(line.id) ?? new Peer(line.send);
    this.#peers.set(line.id, peer);
    if (!again) peer.joined();
    this.#options.departed(peer.answersFrom(sources));
  }

  #gone(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    peer.gone();
    this.#options.departed((subject) => peer.last(subject));
  }

  async #answer({ send }: WorkerLine, subject: Subject, id: number): Promise<void> {
    await sendPieces(send, subject, id, await this.#options.gather(subject));
  }

  /** A worker that dies while it is spoken to is no fault of ours. */
  #reported(subject: Subject, sent: Promise<void>, isThere: () => boolean): void {
    sent.catch((error: NodeJS.ErrnoException) => {
      if (!isThere() || error.code === "ERR_IPC_CHANNEL_CLOSED" || error.code === "EPIPE") return;
      this.#options.diagnostics.fault("registry", `sending a worker the cluster's ${subject}`, error);
    });
  }

  #reportSilence(subject: Subject, timeoutMs: number): void {
    const error = new DOMException(`no answer within ${timeoutMs} ms`, "TimeoutError");
    this.#options.diagnostics.fault("registry", `asking a worker for its ${subject}`, error);
  }
}
