import { types } from "node:util";
import { clearTimeout, setTimeout } from "../base/timers.ts";
import { onceRequestCloses, type RequestScope } from "../request/scope.ts";
import { PendingRuns } from "./pending-runs.ts";

/** What somebody has to end by hand, and may forget. */
export interface Kept {
  readonly ended: boolean;
  abort(raw: string): void;
}

/** The instance that what is kept belongs to. */
export interface VigilHost {
  /** How long nothing may be reported once the request is closed, in milliseconds. */
  readonly abandonedAfterMs: number;
  /** Something was never ended. */
  abandoned(): void;
}

/** A handle is held by its app alone; the vigil holds what the handle is for, so that this can end without it. */
const collected = new FinalizationRegistry<Vigil>((vigil) => vigil.collected());

/**
 * Watches over what was made by hand: it is given up when its request is closed and nothing was reported for the grace, or when nobody holds
 * its handle any more; never while something runs in it. A timer runs from the close of the request to the end alone.
 */
export class Vigil {
  readonly host: VigilHost;
  /** The request that it was begun in. Unknown where it may outlive it, and where there is none. */
  readonly request: RequestScope | undefined;
  readonly #kept: Kept;
  #stopWaiting: (() => void) | undefined;
  #runs: PendingRuns | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isCollected = false;
  #isOver = false;

  /** @param handle what the app holds; `kept` must not hold it */
  constructor(handle: object, kept: Kept, host: VigilHost, request: RequestScope | undefined) {
    this.host = host;
    this.request = request;
    this.#kept = kept;
    collected.register(handle, this, this);
    if (request !== undefined) this.#stopWaiting = onceRequestCloses(request, () => this.#wait());
  }

  /** Something was reported: the grace begins anew. */
  reported(): void {
    if (this.#kept.ended) this.#end();
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
    if (this.#kept.ended) return;
    this.#kept.abort("abandoned");
    this.host.abandoned();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    collected.unregister(this);
    this.#stopWaiting?.();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
