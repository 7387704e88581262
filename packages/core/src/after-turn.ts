import { setImmediate } from "node:timers";
import { sharedState } from "./state.ts";

/**
 * Runs `action` when this turn of the event loop is over: what need not be done while clients wait for their answers is done for all of
 * them together, which costs a quarter less than between one answer and the next. Whoever reads what is written there calls `runDue` first.
 * Actions must not throw.
 */
export function afterTurn(action: () => void): void {
  const { due } = sharedState();
  if (due.actions.push(action) > 1) return;
  setImmediate(runDue);
  if (due.heedsExit) return;
  due.heedsExit = true;
  process.once("exit", runDue);
}

/** Runs now what was put off until the turn's end. */
export function runDue(): void {
  const { due } = sharedState();
  if (due.actions.length === 0) return;
  const { actions } = due;
  due.actions = [];
  for (const action of actions) action();
}

/** What was put off, in the order it came. */
export interface Due {
  actions: (() => void)[];
  heedsExit: boolean;
}
