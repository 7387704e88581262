import { type Clock, elapsedMs, monotonicClock } from "./clock.ts";
import { nextTurn } from "./timers.ts";

/** Milliseconds: what else the process has to do, tokens to hand on for one, never waits longer than this and a step. */
const budgetMs = 5;

/**
 * Runs long work step by step and gives the event loop a turn whenever the budget is used up. Work that is short is done in one turn: what
 * it reads is then of one moment.
 */
export async function inTurns<Result>(
  work: Generator<unknown, Result, void>,
  clock: Clock = monotonicClock,
): Promise<Result> {
  let began = clock.now();
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    const spentMs = elapsedMs(began, clock.now());
    if (spentMs !== undefined && spentMs < budgetMs) continue;
    await nextTurn();
    began = clock.now();
  }
}
