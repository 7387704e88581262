import { AsyncResource } from "node:async_hooks";
import { processWide } from "./process-wide.ts";
import { setImmediate } from "./timers.ts";

/** What was put off, in the order it came. */
interface Due {
  actions: (() => void)[];
  /** The index of the action that is to be run next. */
  next: number;
  /** What holds something back until all of them have run. */
  flushes: Set<() => void>;
  heedsExit: boolean;
}

const newDue = (): Due => ({ actions: [], next: 0, flushes: new Set(), heedsExit: false });
const dueActions = processWide("@aiwatch/core/due", 2, newDue);

/**
 * Runs `action` when this turn of the event loop is over, in the asynchronous context that it has now: what need not be done while clients
 * wait for their answers is done for all of them together, which costs a quarter less than between one answer and the next. Whoever reads
 * what is written there calls `runDue` first. Actions must not throw.
 */
export function afterTurn(action: () => void): void {
  const due = dueActions();
  const context = new AsyncResource("AIWATCH_ENDED", { requireManualDestroy: true });
  if (due.actions.push(() => context.runInAsyncScope(action)) === 1) setImmediate(runDue);
  if (due.heedsExit) return;
  due.heedsExit = true;
  // first: a log that holds lines back is flushed by a listener of its own
  process.prependListener("exit", runDue);
}

/** Runs `flush` once, after the actions of this turn; at once where none of them is running. It must not throw. */
export function afterDue(flush: () => void): void {
  const due = dueActions();
  if (due.next === 0) flush();
  else due.flushes.add(flush);
}

/** Runs now what was put off until the turn's end; called by an action, what is left of it. */
export function runDue(): void {
  const due = dueActions();
  while (due.next < due.actions.length) {
    const action = due.actions[due.next];
    due.next += 1;
    action?.();
  }
  for (const flush of due.flushes) flush();
  due.flushes.clear();
  due.actions = [];
  due.next = 0;
}
