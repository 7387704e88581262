import {
  agentSentences,
  bare,
  clauseClasses,
  type Grammar,
  openings,
  shortSentences,
  type WordClass,
} from "./sentences.ts";

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

/** What may follow one state: words with their probabilities, and the probability that the answer ends. */
export interface NextWords {
  readonly words: ReadonlyMap<string, number>;
  readonly end: number;
}

/** A state of the chain for each class of the grammar, in its order. */
export type Chain = readonly { readonly words: readonly string[]; readonly next: NextWords }[];

/** Spreads the weights of the grammar's classes over their words. */
export function markovChain(classes: Grammar): Chain {
  const classNamed = (name: string): WordClass => {
    const found = classes[name];
    if (found === undefined) throw new Error(`the grammar has no class "${name}"`);
    return found;
  };
  return Object.values(classes).map((from) => ({ words: from.words, next: nextWords(from, classNamed) }));
}

function nextWords(from: WordClass, classNamed: (name: string) => WordClass): NextWords {
  const total = sum(Object.values(from.next));
  const words = new Map<string, number>();
  for (const [name, weight] of Object.entries(from.next)) {
    if (name === end) continue;
    for (const [word, share] of shares(classNamed(name).words)) words.set(word, (weight / total) * share);
  }
  return { words, end: (from.next[end] ?? 0) / total };
}

/** Nearly even, the first word ahead and no two alike: greedy decoding meets no ties, and sampling meets every word. */
function shares(words: readonly string[]): readonly (readonly [string, number])[] {
  const weights = words.map((_, index) => (index === 0 ? 1.3 : 1 - index / 50));
  const total = sum(weights);
  return words.map((word, index) => [word, (weights[index] ?? 0) / total]);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
