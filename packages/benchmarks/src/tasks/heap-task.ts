import { setImmediate as nextTurn } from "node:timers/promises";
import { syntheticPrompts } from "../engines/synthetic-prompts.ts";
import type { Condition } from "../observing/conditions.ts";

export interface HeapStep {
  /** How many inferences there are to have been, in all. */
  readonly until: number;
  readonly tokens: number;
}

/** What the heap holds once garbage is gone, after more and more inferences. */
export async function heapTask(condition: Condition) {
  const prompts = syntheticPrompts(condition);
  let done = 0;
  return async ({ until, tokens }: HeapStep): Promise<number> => {
    await prompts.run(until - done, tokens);
    done = until;
    await prompts.check();
    return settledHeap();
  };
}

/** Several passes, with turns between them: finalizers, weak references and the spans of the last batch go one after the other. */
async function settledHeap(): Promise<number> {
  for (let pass = 0; pass < 8; pass += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  return process.memoryUsage().heapUsed;
}
