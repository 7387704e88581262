import { type Grammar, spaced } from "./word-class.ts";

/** The ways into a clause, for the `next` of whatever it may follow. */
export const clauses = { while: 1, because: 1, so: 1 };

/** "… while other requests wait", "… because context is finite", "… so delays stay brief": what may come between an object and the full stop. */
export const clauseClasses: Grammar = {
  while: { words: spaced("while"), next: { waitingKind: 1, waiting: 1 } },
  waitingKind: { words: spaced("other several many"), next: { waiting: 1 } },
  waiting: { words: spaced("requests users sessions clients listeners"), next: { waits: 1 } },
  waits: { words: spaced("wait rest queue relax"), next: { waitManner: 1, stop: 1 } },
  waitManner: { words: spaced("patiently outside together"), next: { stop: 1 } },

  because: { words: spaced("because since"), next: { reason: 1 } },
  reason: { words: spaced("context space capacity hardware patience"), next: { reasonIs: 1 } },
  reasonIs: { words: spaced("is remains"), next: { scarce: 1 } },
  scarce: { words: spaced("finite precious expensive scarce valuable"), next: { stop: 1 } },

  so: { words: spaced("so"), next: { effect: 1 } },
  effect: { words: spaced("delays pauses replies"), next: { stays: 1 } },
  stays: { words: spaced("stay remain"), next: { bearable: 1 } },
  bearable: { words: spaced("brief predictable acceptable"), next: { stop: 1 } },
};
