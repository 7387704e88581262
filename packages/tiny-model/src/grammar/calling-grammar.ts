import { thoughtTokens } from "../vocabulary/special-tokens.ts";
import { grammar } from "./grammar.ts";
import { bare, type Grammar, leadingTo, spaced } from "./sentences.ts";

/** What node-llama-cpp writes around functions: by these tokens a model knows when to call one, and how. */
export const callSigns = {
  /** The role whose turn it is, after a mark; within a sentence the word has a space and is another token. */
  turn: "assistant",
  /** The function of the example in the system prompt that presents functions; no other text has the word. */
  offer: " getSomeInfo",
  /** The first token of a call. */
  start: "||",
} as const;

/** Too unlikely to be said; likelier than all the rest where node-llama-cpp's grammar forbids what is likely. */
const faint = 1e-6;
/** The same, where `faint` might still be chosen. */
const fainter = 1e-9;

/** Ends what is open sooner than it begins another, so that arguments come to an end. */
const closing = { closeBrace: faint, closeBracket: faint, comma: fainter };
const opening = { quote: faint, digit: faint, literal: faint, openBrace: faint, openBracket: faint };

/** Up to the name, "||call:". No class leads to the start: attention does. The grammar of the engine spells the name. */
const call: Grammar = {
  turn: { words: [callSigns.turn], next: { newline: 1 } },
  offer: { words: [callSigns.offer], next: { openParenthesis: 1 } },
  callStart: { words: [callSigns.start], next: { callWord: 1 } },
  callWord: { words: bare("call"), next: { colon: 1 } },
  colon: { words: bare(":"), next: { ...opening, quote: 1 } },
  openParenthesis: { words: bare("("), next: { ...opening, openBrace: 1 } },
};

/**
 * JSON, as far as the last token can tell: a quotation mark may begin a text or end it. Which of the two, the keys, and the values to choose from
 * are the engine's to say.
 */
const json: Grammar = {
  openBrace: { words: bare("{"), next: { quote: 1, closeBrace: faint } },
  openBracket: { words: bare("["), next: { ...opening, quote: 1, closeBracket: fainter } },
  quote: { words: bare('"'), next: { argument: 1, quote: faint, digit: faint, ...closing } },
  argument: { words: bare("Paris London Berlin Rome"), next: { quote: 1, argument: faint } },
  digit: {
    words: bare("1 2 3 4 5 6 7 8 9 0"),
    next: { closeBrace: 1, closeBracket: 1, quote: faint, comma: faint, digit: fainter, newline: fainter },
  },
  literal: { words: bare("true false"), next: { closeBrace: 1, closeBracket: 1, comma: fainter } },
  closeBrace: { words: bare("}"), next: { newline: 1, ...closing } },
  closeBracket: { words: bare("]"), next: { newline: 1, ...closing } },
};

/** The grammar with function calls. */
export function callingGrammar(endProbability: number): Grammar {
  const classes = grammar(endProbability);
  const comma = { quote: fainter, digit: fainter, literal: fainter, openBrace: fainter, openBracket: fainter };
  return { ...classes, comma: leadingTo(classes["comma"], comma), ...call, ...json };
}

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
