import type { ContextActivity } from "../watch/context-activity.ts";

/** Whether one operation is evaluated at the moment, as its context's activity counts it: once, and no longer than until its end. */
export class Evaluating {
  /** Weak: what waits for the collection of a sequence must not hold its context. The activity lives as long as that does. */
  readonly #activity: WeakRef<ContextActivity>;
  #running = false;
  #isOver = false;

  constructor(activity: ContextActivity) {
    this.#activity = new WeakRef(activity);
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
