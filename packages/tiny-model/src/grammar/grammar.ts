import { agentSentences } from "./agent-sentences.ts";
import { clauseClasses } from "./clauses.ts";
import { openings } from "./openings.ts";
import { shortSentences } from "./short-sentences.ts";
import { bare, type Grammar } from "./word-class.ts";

/** The first words of a sentence. No single one of them is as likely as the end of the answer, or greedy decoding would never stop. */
const beginnings = { determiner: 0.4, adverbial: 0.3, costDeterminer: 0.15, quantity: 0.15 };

/** The class of every token that is in no other: after a word from a prompt, a sentence begins. */
export const elsewhere = "elsewhere";
/** Not a class: stands for the token that ends an answer. */
export const end = "end";

/** The whole grammar, with the chance that a full stop is the answer's last. */
export function grammar(endProbability: number): Grammar {
  const sentenceWeight = 1 - endProbability;
  const afterStop = Object.entries(beginnings).map(([name, weight]) => [name, weight * sentenceWeight] as const);
  return {
    [elsewhere]: { words: [], next: beginnings },
    ...openings,
    exclamation: { words: bare("!"), next: beginnings },
    ...agentSentences,
    ...shortSentences,
    ...clauseClasses,
    stop: { words: bare("."), next: { ...Object.fromEntries(afterStop), [end]: endProbability } },
  };
}

/** Every word of the classes. */
export const wordsOf = (classes: Grammar): string[] => Object.values(classes).flatMap(({ words }) => words);
