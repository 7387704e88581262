import type { InferenceHandle } from "@aiwatch/core";
import { CollectionWatch, removeFrom } from "@aiwatch/core/adapter";
import type { ContextActivity } from "../readings/context-activity.ts";

/** What is left to do for an operation that nobody can settle any more. It holds nothing of its sequence's. */
export interface Left {
  readonly inference: InferenceHandle;
  readonly evaluating: Evaluating;
}

/** What is open on a sequence that nobody holds any more can be settled by nobody: it ends with its sequence. */
export class Unsettled {
  readonly #open: Left[] = [];

  add(left: Left): void {
    this.#open.push(left);
  }

  settled(left: Left): void {
    removeFrom(this.#open, left);
  }

  end(): void {
    for (const { inference, evaluating } of this.#open.splice(0)) {
      evaluating.end();
      inference.fail(undefined, "disposed");
    }
  }
}

const collected = new CollectionWatch<Unsettled>((unsettled) => unsettled.end());
const ofSequences = new WeakMap<object, Unsettled>();

/** What is open on a sequence, which is watched once: to watch it anew for each operation takes a microsecond, and a cell that the engine keeps. */
export function unsettledOn(sequence: object): Unsettled {
  const known = ofSequences.get(sequence);
  if (known !== undefined) return known;
  const unsettled = new Unsettled();
  ofSequences.set(sequence, unsettled);
  collected.watch(sequence, unsettled);
  return unsettled;
}

/** Whether one operation is evaluated at the moment, as its context's activity counts it: once, and no longer than until its end. */
export class Evaluating {
  /** Weak: what waits for the collection of a sequence must not hold its context. The activity lives as long as that does. */
  readonly #activity: WeakRef<ContextActivity>;
  #running = false;
  #isOver = false;

  constructor(activity: ContextActivity) {
    this.#activity = activity.weak;
  }

  begin(): void {
    if (this.#running || this.#isOver) return;
    this.#running = true;
    this.#add(1);
  }

  end(): void {
    this.#isOver = true;
    if (this.#running) this.#add(-1);
    this.#running = false;
  }

  #add(operations: number): void {
    const activity = this.#activity.deref();
    if (activity !== undefined) activity.running += operations;
  }
}
