import { trace } from "@opentelemetry/api";
import { type CollectionTie, CollectionWatch } from "../base/collection.ts";
import { AiwatchError } from "../base/errors.ts";
import { elapsedMs } from "../base/time.ts";
import type { AdmissionOutcome } from "../catalogue/values.ts";
import type { LineEntry } from "../chats/chat-life.ts";
import { type ExemplarLabels, exemplarLabels } from "../instruments/histogram.ts";
import { currentRequest, onceRequestCloses } from "../request/scope.ts";
import { spanReferenceOf } from "../tracing/span.ts";
import { onceAborted } from "./abort.ts";
import type { AdmissionHost, Queue } from "./queue.ts";
import { RequestWaits } from "./request-waits.ts";

export interface EntryOptions {
  /** Has left when this is aborted. @default none */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether it waits on when the request that it enters in is closed, as a job does that was put off. It is then no wait of the request's.
   * @default false
   */
  readonly outlivesRequest?: boolean | undefined;
}

/** An entry into a queue. It ends once: by the first of these, by its signal, or by the close of its request. No method throws. */
export interface AdmissionEntry {
  readonly ended: boolean;
  /** How many entered before and still wait. Known while it waits, where the queue's order is `fifo`. */
  readonly ahead: number | undefined;
  /** Its turn came. */
  admitted(): void;
  /** The queue does not take it. */
  refused(): void;
  /** It gave up. */
  left(): void;
  /** The queue failed. */
  failed(): void;
}

/** What a disabled instance hands out. */
export const unobservedEntry: AdmissionEntry = Object.freeze({
  ended: true,
  ahead: undefined,
  admitted() {},
  refused() {},
  left() {},
  failed() {},
});

/** An entry from its beginning to its end, which may come without the handle. */
export class Entry {
  ended = false;
  readonly queue: Queue;
  readonly #host: AdmissionHost;
  readonly #enteredAt: number;
  readonly #exemplar: ExemplarLabels | undefined;
  #waits: RequestWaits | undefined;
  /** Its stay as the chat of its request has it. */
  #chat: LineEntry | undefined;
  #group: Set<Entry> | undefined;
  #stopWaiting: (() => void) | undefined;
  #stopListening: (() => void) | undefined;
  #tie: CollectionTie | undefined;

  constructor(host: AdmissionHost, queue: Queue) {
    this.queue = queue;
    this.#host = host;
    this.#enteredAt = host.clock.now();
    const span = spanReferenceOf(() => trace.getActiveSpan(), host.diagnostics);
    this.#exemplar = span && exemplarLabels(span);
    queue.enter(this);
  }

  get ahead(): number | undefined {
    return this.queue.aheadOf(this);
  }

  /** Ends with the request that the calling code runs in. What begins when its request is closed already has none. */
  joinRequest(): void {
    const request = currentRequest();
    if (request === undefined || request.closed) return;
    request.admission ??= new RequestWaits(this.#host.clock);
    this.#waits = request.admission as RequestWaits;
    this.#waits.enter(this);
    this.#stopWaiting = onceRequestCloses(request, () => this.end("left"));
    this.#chat = this.#host.chats.enterLine(request, () => placeAfter(this.ahead));
  }

  /** Is in `group` until it ends. */
  joinGroup(group: Set<Entry>): void {
    if (this.ended) return;
    this.#group = group;
    group.add(this);
  }

  /** Ends at the latest when nobody holds `handle` any more, where no request ends it before. */
  endWith(handle: object): void {
    if (!this.ended && this.#stopWaiting === undefined) this.#tie = handles.watch(handle, this);
  }

  joinSignal(signal: AbortSignal): void {
    this.#stopListening = onceAborted(signal, () => this.end("left"));
  }

  end(outcome: AdmissionOutcome): void {
    if (this.ended) return;
    this.ended = true;
    const waitedMs = elapsedMs(this.#enteredAt, this.#host.clock.now());
    try {
      this.queue.end(this, outcome, waitedMs, this.#exemplar);
      this.#chat?.end(outcome);
      this.#release();
    } catch (error) {
      this.#host.diagnostics.fault("registry", "ending an entry of a queue", error);
    }
  }

  #release(): void {
    this.#waits?.end(this);
    this.#group?.delete(this);
    this.#tie?.release();
    this.#stopWaiting?.();
    // last: a signal of another make may be unable to
    this.#stopListening?.();
  }

  /** Nobody holds the handle any more, and no request will end it. */
  forgotten(): void {
    if (this.ended) return;
    this.end("left");
    if (told.has(this.#host)) return;
    told.add(this.#host);
    const message = "an entry of a queue was never ended: call admitted(), refused(), left() or failed()";
    const error = new AiwatchError("AIWATCH_ABANDONED", message);
    this.#host.diagnostics.fault("adapter", "waiting for the end of an entry of a queue", error);
  }
}

function placeAfter(ahead: number | undefined): number | undefined {
  return ahead === undefined ? undefined : ahead + 1;
}

/** Instances of which one entry was forgotten: the others are not told of. */
const told = new WeakSet<AdmissionHost>();

/** A handle is held by its app alone; what is watched holds the entry, so that this can end without it. */
const handles = new CollectionWatch<Entry>((entry) => entry.forgotten());

/** What whoever ends an entry holds. Nothing of ours does. */
export class EntryHandle implements AdmissionEntry {
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
    entry.endWith(this);
  }

  get ended(): boolean {
    return this.#entry.ended;
  }

  get ahead(): number | undefined {
    return this.#entry.ahead;
  }

  admitted(): void {
    this.end("admitted");
  }

  refused(): void {
    this.end("refused");
  }

  left(): void {
    this.end("left");
  }

  failed(): void {
    this.end("failed");
  }

  end(outcome: AdmissionOutcome): void {
    this.#entry.end(outcome);
  }
}

/** @throws what plain JavaScript hands over and cannot be read */
export function beginEntry(host: AdmissionHost, queue: Queue, options: EntryOptions | undefined): Entry {
  const { signal, outlivesRequest } = options ?? {};
  const entry = new Entry(host, queue);
  const join = () => {
    if (outlivesRequest !== true) entry.joinRequest();
    if (signal !== undefined && signal !== null) entry.joinSignal(signal);
  };
  host.diagnostics.guard("registry", "entering a queue", join);
  return entry;
}
