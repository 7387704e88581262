/**
 * Words that may stand in for one another, and what may follow them. A class is a state of the Markov chain: no word stands in two classes, so
 * the last token alone tells where in its sentence the walk is, and that is all that weights without attention can know.
 */
export interface WordClass {
  /** As they appear in the text, the leading space included. The first is the likeliest, and so what greedy decoding picks. */
  readonly words: readonly string[];
  /** Names of the classes that may follow, with weights that need not add up to one; `end` ends the answer. */
  readonly next: Readonly<Record<string, number>>;
}

export type Grammar = Readonly<Record<string, WordClass>>;

/** The same class with more that may follow. */
export const leadingTo = (from: WordClass | undefined, next: WordClass["next"]): WordClass => ({
  words: from?.words ?? [],
  next: { ...from?.next, ...next },
});

/** Words that follow another: each with a space before it. */
export const spaced = (words: string): readonly string[] => words.split(" ").map((word) => ` ${word}`);

/** Words that open a text, and punctuation. */
export const bare = (words: string): readonly string[] => words.split(" ");
