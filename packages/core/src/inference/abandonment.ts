import { inspect, types } from "node:util";
import { type CollectionTie, CollectionWatch } from "../base/collection.ts";
import { clearTimeout, setTimeout } from "../base/time.ts";
import { onceRequestCloses, type RequestScope } from "../request/scope.ts";

/** What somebody has to end by hand, and may forget. */
export interface Endable {
  readonly ended: boolean;
  abort(raw: string): void;
}

/** The instance that it belongs to. */
export interface WatchHost {
  /** How long nothing may be reported once the request is closed, in milliseconds. */
  readonly abandonedAfterMs: number;
  /** Something was never ended. */
  abandoned(): void;
}

/** A handle is held by its app alone; the watch holds what the handle is for, so that this can end without it. */
const handles = new CollectionWatch<AbandonmentWatch>((watch) => watch.collected());

/**
 * Watches over what was made by hand: it is given up when its request is closed and nothing was reported for the grace, or when nobody holds
 * its handle any more; never while something runs in it. A timer runs from the close of the request to the end alone.
 */
export class AbandonmentWatch {
  readonly host: WatchHost;
  /** The request that it was begun in. Unknown where it may outlive it, and where there is none. */
  readonly request: RequestScope | undefined;
  readonly #endable: Endable;
  readonly #tie: CollectionTie;
  #stopWaiting: (() => void) | undefined;
  #runs: PendingRuns | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isCollected = false;
  #isOver = false;

  /** @param handle what the app holds; `endable` must not hold it */
  constructor(handle: object, endable: Endable, host: WatchHost, request: RequestScope | undefined) {
    this.host = host;
    this.request = request;
    this.#endable = endable;
    this.#tie = handles.watch(handle, this);
    if (request !== undefined) this.#stopWaiting = onceRequestCloses(request, () => this.#wait());
  }

  /** Something was reported: the grace begins anew. */
  reported(): void {
    if (this.#endable.ended) this.#end();
    else this.#timer?.refresh();
  }

  /** Something ran in it. @param result what it gave; a promise is a run that goes on until it is settled */
  ran(result: unknown): void {
    if (types.isPromise(result)) {
      this.#runs ??= new PendingRuns();
      this.#runs.add(result);
    }
    this.reported();
  }

  /** Nobody holds the handle any more. What runs in it may go on to its end. */
  collected(): void {
    this.#isCollected = true;
    this.#runs?.look();
    if (this.#isRunning) this.#wait();
    else this.#giveUp();
  }

  get #isRunning(): boolean {
    return this.#runs !== undefined && this.#runs.size > 0;
  }

  #wait(): void {
    this.#runs?.look();
    this.#timer ??= setTimeout(() => this.#look(), this.host.abandonedAfterMs).unref();
  }

  /** A run that went on when the grace began was a sign of life until it was settled, whenever that was. */
  #look(): void {
    const ran = this.#runs !== undefined && this.#runs.look() > 0;
    if (this.#isRunning || (ran && !this.#isCollected)) this.#timer?.refresh();
    else this.#giveUp();
  }

  #giveUp(): void {
    this.#end();
    if (this.#endable.ended) return;
    this.#endable.abort("abandoned");
    this.host.abandoned();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tie.release();
    this.#stopWaiting?.();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** From how many on it is looked which of them are settled. */
const manyRuns = 8;

/**
 * What `run()` gave back and is not settled yet. Held weakly: a promise may hold the handle that it belongs to, and what was collected will
 * never settle.
 */
class PendingRuns {
  #promises: WeakRef<object>[] = [];
  #lookAt = manyRuns;

  add(promise: Promise<unknown>): void {
    if (this.#promises.length >= this.#lookAt) {
      this.look();
      this.#lookAt = Math.max(manyRuns, 2 * this.#promises.length);
    }
    this.#promises.push(new WeakRef(promise));
  }

  /** Forgets those that are settled. @returns how many were not at the look before */
  look(): number {
    const before = this.#promises.length;
    this.#promises = this.#promises.filter((promise) => isPending(promise.deref()));
    return before;
  }

  get size(): number {
    return this.#promises.length;
  }
}

/** Read off its text, which changes nothing: to whom a promise's `then` was called, its rejection counts as handled. */
function isPending(promise: object | undefined): boolean {
  if (promise === undefined) return false;
  try {
    const text = inspect(promise, { depth: 0, customInspect: false, showProxy: true, maxArrayLength: 0 });
    return /^[^{]*\{\s*<pending>/.test(text);
  } catch {
    // what it rejected with cannot be read
    return false;
  }
}
