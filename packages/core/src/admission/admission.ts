import { invalidArgument } from "../base/errors.ts";
import { isObject } from "../base/received.ts";
import { catalogue } from "../catalogue/index.ts";
import { labelValue } from "../instruments/label-values.ts";
import {
  type AdmissionEntry,
  beginEntry,
  type Entry,
  EntryHandle,
  type EntryOptions,
  unobservedEntry,
} from "./entry.ts";
import { checkLimiter, type Limiter, LimiterTap } from "./limiter.ts";
import { type AdmissionHost, type Queue, type QueueOrder, queueOf } from "./queue.ts";
import { followWait, type WaitOptions } from "./wait.ts";

export interface AdmissionOptions {
  /** The queue's name: the label `queue`. 20 of them have series of their own, later ones share `other`. */
  readonly queue: string;
  /** `fifo` where the longest waiting is admitted first: the place in line is known then. @default unknown */
  readonly order?: QueueOrder;
}

/** Options for all tasks of a limiter. */
export interface WrapOptions extends Pick<EntryOptions, "outlivesRequest">, Pick<WaitOptions, "isRefusal"> {}

/**
 * Observes a queue, a pool or a limiter of the app's own: how many wait, how long, and how each wait ends. A wait ends once, by whatever comes first;
 * one that goes on when its request closes ends as `left`. Only `wrap` throws errors of AIWatch.
 */
export interface Admission {
  readonly queue: string;
  /**
   * Observes a wait, from now until the promise that `acquire` returns is settled. A fulfilled promise is `admitted`, and so is a value that is no
   * promise. A rejection is `refused` if `isRefusal(error)` returns `true`, `left` if it is an `AbortError`, and else `failed`.
   * @returns what `acquire` returned; in place of a promise, one that settles with the same value or error
   * @throws what `acquire` throws
   * @example
   * const connection = await admission.wait(() => pool.acquire(signal), { signal, isRefusal: (error) => error instanceof PoolIsFull });
   */
  wait<Result>(acquire: () => Result, options?: WaitOptions): Result;
  /**
   * Observes a limiter: each task enters when it is added and is admitted when it starts. A limiter is a function like p-limit's,
   * `limit(task, ...args)`, or an object like a p-queue, with `add(task, options)`.
   * @returns for a function, another one with the same properties, to use in its place; for an object, the same object
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for anything else
   * @example
   * const limit = admission.wrap(pLimit(4));
   * const queue = admission.wrap(new PQueue({ concurrency: 4 }));
   */
  wrap<Limit extends Limiter>(limit: Limit, options?: WrapOptions): Limit;
  /**
   * Enters the queue by hand: report how the wait ended by one of the handle's methods. An entry that is never ended is `left` when its request
   * closes. Without a request, it is `left` when the handle is garbage-collected, and a diagnostic reports that once.
   * @example
   * const entry = admission.enter({ signal });
   * waiting.push(() => entry.admitted());
   */
  enter(options?: EntryOptions): AdmissionEntry;
}

/** The queues that an instance observes, by their names. */
export class Admissions {
  readonly #host: AdmissionHost;
  readonly #known = new Map<string, ObservedAdmission>();

  constructor(host: AdmissionHost) {
    this.#host = host;
  }

  /** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for options that cannot be used */
  of(options: unknown): Admission {
    const { queue, order } = readOptions(options);
    const known = this.#known.get(queue) ?? new ObservedAdmission(this.#host, queue);
    // names over the label's cap are not kept, either
    if (this.#known.size < catalogue.admissions.labels.queue.cap) this.#known.set(queue, known);
    known.declare(order);
    return known;
  }

  /** Begins the queues' series there, too: the app's own instance takes over. */
  beginOn(successor: AdmissionHost): void {
    for (const admission of this.#known.values()) admission.begin(successor);
  }
}

class ObservedAdmission implements Admission {
  readonly queue: string;
  readonly #host: AdmissionHost;
  #order: QueueOrder | undefined;
  #last: { readonly instruments: unknown; readonly queue: Queue } | undefined;

  constructor(host: AdmissionHost, queue: string) {
    this.#host = host;
    this.queue = queue;
  }

  declare(order: QueueOrder | undefined): void {
    this.#order ??= order;
    this.begin(this.#host.current);
  }

  begin(host: AdmissionHost): void {
    host.diagnostics.guard("registry", "beginning the series of a queue", () => this.#queueOn(host));
  }

  enter(options?: EntryOptions): AdmissionEntry {
    const entry = this.#begin(options);
    return entry === undefined ? unobservedEntry : new EntryHandle(entry);
  }

  wait<Result>(acquire: () => Result, options?: WaitOptions): Result {
    const entry = this.#begin(options);
    if (entry === undefined) return acquire();
    const { diagnostics } = this.#host.current;
    return followWait(acquire, new EntryHandle(entry), { options, fulfilled: "admitted", diagnostics });
  }

  wrap<Limit extends Limiter>(limit: Limit, options?: WrapOptions): Limit {
    checkLimiter(limit);
    const { current } = this.#host;
    if (current.disabled) return limit;
    const begin = (signal?: AbortSignal) => this.#begin({ signal, outlivesRequest: options?.outlivesRequest });
    const tap = new LimiterTap(begin, options, current.diagnostics);
    const wrap = () => this.#queueOn(current).wrapped(limit, () => tap.on(limit));
    return (current.diagnostics.guard("adapter", "observing a limiter", wrap) as Limit | undefined) ?? limit;
  }

  /** A fault of ours costs the app nothing but the figure. */
  #begin(options: EntryOptions | undefined): Entry | undefined {
    const host = this.#host.current;
    const begin = () => (host.disabled ? undefined : beginEntry(host, this.#queueOn(host), options));
    return host.diagnostics.guard("registry", "entering a queue", begin);
  }

  /** Kept: of a name over the label's cap nobody else does, and its line would be a new one each time. */
  #queueOn(host: AdmissionHost): Queue {
    const { instruments } = host;
    if (this.#last?.instruments === instruments) this.#last.queue.order ??= this.#order;
    else this.#last = { instruments, queue: queueOf(host, this.queue, this.#order) };
    return this.#last.queue;
  }
}

const expected = 'an object such as { queue: "sequences", order: "fifo" }';

function readOptions(options: unknown): AdmissionOptions {
  if (!isObject(options)) throw invalidArgument("the options of admission()", options, expected);
  const queue: unknown = Reflect.get(options, "queue");
  const order: unknown = Reflect.get(options, "order") ?? undefined;
  if (typeof queue !== "string" || queue === "") throw invalidArgument("queue of admission()", queue, "a name");
  if (order !== undefined && order !== "fifo") throw invalidArgument("order of admission()", order, '"fifo", or none');
  // as the label has it: names that are written alike are one queue
  return { queue: labelValue(queue), ...(order !== undefined && { order }) };
}
