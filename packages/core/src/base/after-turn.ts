import { AsyncResource } from "node:async_hooks";
import { processWide } from "./process-wide.ts";
import { setImmediate } from "./time.ts";

/** Something that ended, and that is reported when the turn of the event loop is over. It must not throw. */
export interface Ended {
  notify(): void;
}

/** What was put off, in the order it came. */
interface Due {
  ended: Ended[];
  /** The index of what is notified next. */
  next: number;
  /** Called when all of a batch was notified. */
  readonly flushes: Set<() => void>;
  heedsExit: boolean;
}

const dueNow = processWide(
  "@aiwatch/core/due",
  2,
  (): Due => ({ ended: [], next: 0, flushes: new Set(), heedsExit: false }),
);

/**
 * Calls `notify` when this turn of the event loop is over: what need not be done while clients wait for their answers is done for all of them
 * together, which costs a quarter less than between one answer and the next. Whoever reads what is written there calls `runDue` first.
 * @param keepsContext whether it is called in the asynchronous context of now. It costs memory, and is for those that call the app's own code
 */
export function afterTurn(ended: Ended, keepsContext: boolean): void {
  const due = dueNow();
  if (due.ended.push(keepsContext ? new InContext(ended) : ended) === 1) setImmediate(runDue);
  if (due.heedsExit) return;
  due.heedsExit = true;
  // first: a log that holds lines back is flushed by a listener of its own
  process.prependListener("exit", runDue);
}

/** Calls `flush` once when the batch that is being notified is over; at once where there is none. It must not throw. */
export function afterBatch(flush: () => void): void {
  const due = dueNow();
  if (due.next === 0) flush();
  else due.flushes.add(flush);
}

/** Notifies now what was put off until the turn's end; called by one of them, what is left of it. */
export function runDue(): void {
  const due = dueNow();
  while (due.next < due.ended.length) {
    const ended = due.ended[due.next];
    due.next += 1;
    ended?.notify();
  }
  due.ended = [];
  due.next = 0;
  for (const flush of due.flushes) {
    due.flushes.delete(flush);
    flush();
  }
}

const manual = { requireManualDestroy: true };

class InContext extends AsyncResource implements Ended {
  readonly #ended: Ended;

  constructor(ended: Ended) {
    super("AIWATCH_ENDED", manual);
    this.#ended = ended;
  }

  notify(): void {
    this.runInAsyncScope(this.#ended.notify, this.#ended);
    // tracers by async_hooks keep what they know of a resource until then
    this.emitDestroy();
  }
}
