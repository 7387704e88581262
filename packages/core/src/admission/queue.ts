import type { Diagnostics } from "../base/diagnostics.ts";
import type { Clock } from "../base/time.ts";
import { catalogue } from "../catalogue/index.ts";
import { type AdmissionOutcome, admissionOutcomes } from "../catalogue/values.ts";
import type { ChatBoard } from "../chats/chat-board.ts";
import type { Count } from "../instruments/counter.ts";
import type { BoundHistogram, ExemplarLabels } from "../instruments/histogram.ts";
import type { Instruments } from "../instruments/instruments.ts";
import { beginDropped } from "../instruments/known-series.ts";

/** In which order a queue admits. */
export type QueueOrder = "fifo";

/** What an admission needs of the instance that it belongs to. */
export interface AdmissionHost {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly disabled: boolean;
  readonly instruments: Instruments;
  readonly chats: ChatBoard;
  /** The app's own instance, where this one stood in for it; else itself. */
  readonly current: AdmissionHost;
}

/** One queue on one registry: its series, and who waits in it, in the order they came. */
export class Queue {
  readonly name: string;
  order: QueueOrder | undefined;
  readonly #waiting = new Set<object>();
  readonly #countWaiting: (amount: number) => void;
  readonly #wait: BoundHistogram;
  readonly #ended: Readonly<Record<AdmissionOutcome, Count>>;
  /** Limiters whose tasks enter it, and what is used in their place: tasks that are handed over enter once. */
  readonly #wrapped = new WeakMap<object, object>();

  constructor(instruments: Instruments, queue: string) {
    const { admissionWaiting, admissionWait, admissions } = instruments;
    const ended = admissionOutcomes.map((outcome) => [outcome, admissions.bind({ queue, outcome })]);
    this.name = queue;
    this.#countWaiting = admissionWaiting.bind({ queue });
    this.#wait = admissionWait.bind({ queue });
    this.#ended = Object.fromEntries(ended);
    beginDropped(instruments, [catalogue.admissionWait, catalogue.admissions]);
  }

  enter(entry: object): void {
    this.#waiting.add(entry);
    this.#countWaiting(1);
  }

  /** @param waitedMs unknown where the clock told no time */
  end(entry: object, outcome: AdmissionOutcome, waitedMs?: number, exemplar?: ExemplarLabels): void {
    if (!this.#waiting.delete(entry)) return;
    this.#countWaiting(-1);
    this.#ended[outcome]();
    if (outcome === "admitted" && waitedMs !== undefined) this.#wait.observe(waitedMs / 1000, exemplar);
  }

  /** How many entered before and wait still. Unknown where the order is, and for what does not wait. */
  aheadOf(entry: object): number | undefined {
    if (this.order === undefined || !this.#waiting.has(entry)) return undefined;
    let ahead = 0;
    for (const other of this.#waiting) {
      if (other === entry) break;
      ahead += 1;
    }
    return ahead;
  }

  /** What stands for a limiter in this queue, made at the first call. What was made is itself from then on. */
  wrapped(limiter: object, make: () => object): object {
    const known = this.#wrapped.get(limiter);
    if (known !== undefined) return known;
    const made = make();
    this.#wrapped.set(limiter, made).set(made, made);
    return made;
  }
}

/** Instances on one registry have the same queues. */
const queues = new WeakMap<Instruments, Map<string, Queue>>();

/** @param order of the one who asks; whoever tells it first tells it for all */
export function queueOf({ instruments }: AdmissionHost, name: string, order: QueueOrder | undefined): Queue {
  const known = queues.get(instruments) ?? new Map<string, Queue>();
  queues.set(instruments, known);
  const queue = known.get(name) ?? new Queue(instruments, name);
  if (known.size < catalogue.admissions.labels.queue.cap) known.set(name, queue);
  queue.order ??= order;
  return queue;
}
