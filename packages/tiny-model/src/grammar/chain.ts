import { end } from "./grammar.ts";
import type { Grammar, WordClass } from "./word-class.ts";

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
