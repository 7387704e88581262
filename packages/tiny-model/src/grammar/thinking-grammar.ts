import { thoughtTokens } from "../vocabulary/special-tokens.ts";
import { grammar } from "./grammar.ts";
import { bare, type Grammar, spaced } from "./word-class.ts";

/** One sentence in words of its own: "Hmm: somebody wonders about myself; therefore honesty matters most..." */
const thought: Grammar = {
  thoughtStart: { words: [thoughtTokens.start], next: { musing: 1 } },
  musing: { words: bare("Hmm Okay Well Wait"), next: { colon: 1 } },
  colon: { words: bare(":"), next: { asker: 1 } },
  asker: { words: spaced("somebody someone"), next: { wonders: 1 } },
  wonders: { words: spaced("wonders asks inquires"), next: { about: 1 } },
  about: { words: spaced("about"), next: { theme: 1 } },
  theme: { words: spaced("myself speed size language"), next: { semicolon: 1 } },
  semicolon: { words: bare(";"), next: { therefore: 1 } },
  therefore: { words: spaced("therefore hence"), next: { virtue: 1 } },
  virtue: { words: spaced("honesty clarity brevity"), next: { matters: 1 } },
  matters: { words: spaced("matters counts"), next: { most: 1 } },
  most: { words: spaced("most"), next: { ellipsis: 1 } },
  ellipsis: { words: bare("..."), next: { thoughtEnd: 1 } },
};

/** The grammar with a thought before each answer. */
export function thinkingGrammar(endProbability: number): Grammar {
  const { newline, ...classes } = grammar(endProbability);
  return {
    ...classes,
    newline: { words: newline?.words ?? [], next: { thoughtStart: 1 } },
    ...thought,
    thoughtEnd: { words: [thoughtTokens.end], next: newline?.next ?? {} },
  };
}
