import { clauses } from "./clauses.ts";
import { type Grammar, spaced } from "./word-class.ts";

/** "Each generated symbol costs time because context is finite." */
const costs: Grammar = {
  costDeterminer: { words: spaced("Each Every"), next: { costAdjective: 1, costSubject: 1 } },
  costAdjective: { words: spaced("additional single generated extra"), next: { costSubject: 1 } },
  costSubject: { words: spaced("step symbol thread query iteration"), next: { costs: 1 } },
  costs: { words: spaced("costs needs takes deserves requires"), next: { cost: 1 } },
  cost: { words: spaced("time energy attention effort compute"), next: { stop: 1, ...clauses } },
};

/** "Latency improves when prompts overlap." */
const trends: Grammar = {
  quantity: { words: spaced("Latency Throughput Memory Quality Confidence"), next: { moves: 1 } },
  moves: { words: spaced("improves changes varies recovers suffers"), next: { when: 1 } },
  when: { words: spaced("when as whenever"), next: { trendSubject: 1 } },
  trendSubject: { words: spaced("prompts contexts batches answers queries"), next: { trend: 1 } },
  trend: { words: spaced("grow shrink overlap repeat accumulate"), next: { stop: 1 } },
};

export const shortSentences: Grammar = { ...costs, ...trends };
