import { bare, type Grammar, spaced } from "./word-class.ts";

/**
 * How an answer begins: a short exclamation in words of its own, and "!" never ends an answer, so that none is over with its first sentence.
 * Greedy decoding says "Good question!"
 */
export const openings: Grammar = {
  // The last token of ChatML's "<|im_start|>assistant\n".
  newline: { words: ["\n"], next: { praise: 5, letMe: 3, happy: 2, sure: 2 } },

  praise: { words: bare("Good Great Fair Nice Thoughtful"), next: { praised: 1 } },
  praised: { words: spaced("question point topic thought"), next: { exclamation: 1 } },

  letMe: { words: bare("Let"), next: { me: 1 } },
  me: { words: spaced("me us"), next: { explain: 1 } },

  happy: { words: bare("Happy Glad"), next: { happyTo: 1 } },
  happyTo: { words: spaced("to"), next: { explain: 1 } },
  explain: { words: spaced("explain elaborate help"), next: { exclamation: 1 } },

  sure: { words: bare("Sure Certainly Absolutely"), next: { exclamation: 1 } },
};
