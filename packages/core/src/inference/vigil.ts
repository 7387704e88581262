import { setTimeout } from "node:timers";
import { onceRequestCloses, type RequestScope } from "../request/scope.ts";

/** Kept as it is now: a test's fake timers, taken away again, would never run what they took. */
const later = setTimeout;

/** What somebody has to end by hand, and may forget. */
export interface Kept {
  readonly ended: boolean;
  /** Nobody will end it any more. */
  abandon(): void;
}

/** When it is given up. */
export interface VigilOptions {
  /** The request that it was begun in. Unknown where it may outlive it, and where there is none. */
  readonly request: RequestScope | undefined;
  /** How long nothing may be reported once the request is closed, in milliseconds. */
  readonly graceMs: number;
}

/** A handle is held by its app alone; the vigil holds what the handle is for, so that this can end without it. */
const collected = new FinalizationRegistry<Vigil>((vigil) => vigil.giveUp());

/**
 * Watches over what was made by hand: it is given up when its request is closed and nothing was reported for the grace, or when nobody holds
 * its handle any more. A timer runs from the close of the request to the end alone.
 */
export class Vigil {
  readonly #kept: Kept;
  readonly #stopWaiting: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param handle what the app holds; `kept` must not hold it */
  constructor(handle: object, kept: Kept, { request, graceMs }: VigilOptions) {
    this.#kept = kept;
    collected.register(handle, this, this);
    const wait = () => {
      this.#timer = later(() => this.giveUp(), graceMs).unref();
    };
    this.#stopWaiting = request === undefined ? () => {} : onceRequestCloses(request, wait);
  }

  /** Something was reported: the grace begins anew. */
  reported(): void {
    if (this.#kept.ended) this.#end();
    else this.#timer?.refresh();
  }

  giveUp(): void {
    this.#end();
    if (!this.#kept.ended) this.#kept.abandon();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    collected.unregister(this);
    this.#stopWaiting();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
