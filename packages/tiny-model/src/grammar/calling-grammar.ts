import { thoughtTokens, toolTokens } from "../vocabulary/special-tokens.ts";
import { end, grammar } from "./grammar.ts";
import { bare, type Grammar, leadingTo, spaced } from "./sentences.ts";

/** The tokens by which a model knows when to call a function, and how. */
export interface CallSigns {
  /** The role whose turn it is, after a mark; within a sentence the word has a space and is another token. */
  readonly turn: string;
  /** Where functions are presented; no other text has the token. */
  readonly offer: string;
  /** The first token of a call. */
  readonly start: string;
}

/** In node-llama-cpp's words: the offer is the function of the example in its system prompt. */
export const callSigns: CallSigns = { turn: "assistant", offer: " getSomeInfo", start: "||" };

/** In the words of this model's own template, which servers read. */
export const toolSigns: CallSigns = { turn: "assistant", offer: toolTokens.offer, start: toolTokens.call };

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
  return { ...grammarWithJson(endProbability), ...call };
}

function grammarWithJson(endProbability: number): Grammar {
  const classes = grammar(endProbability);
  const comma = { quote: fainter, digit: fainter, literal: fainter, openBrace: fainter, openBracket: fainter };
  return { ...classes, comma: leadingTo(classes["comma"], comma), ...json };
}

/**
 * `<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>`, in pieces that are said nowhere else: where no grammar of the
 * engine holds, that is the call. Where one does, it spells the name and the keys.
 */
const toolCall: Grammar = {
  turn: { words: [toolSigns.turn], next: { newline: 1 } },
  offer: { words: [toolSigns.offer], next: { openBrace: 1 } },
  callStart: { words: [toolSigns.start], next: { nameKey: 1, openBrace: faint } },
  nameKey: { words: ['{"name": "'], next: { name: 1 } },
  name: { words: ["get_weather"], next: { argumentsKey: 1, quote: faint } },
  argumentsKey: { words: ['", "arguments": '], next: { cityKey: 1, openBrace: faint } },
  cityKey: { words: ['{"city": "'], next: { argument: 1 } },
  argument: { words: bare("Paris London Berlin Rome"), next: { closeCall: 1, quote: faint, argument: fainter } },
  closeCall: { words: ['"}}'], next: { callEnd: 1 } },
  closeBrace: { words: bare("}"), next: { callEnd: 1, ...closing } },
  callEnd: { words: [toolTokens.callEnd], next: { [end]: 1 } },
  colon: { words: bare(":"), next: { ...opening, quote: 1 } },
};

/** The grammar with calls that servers read. */
export function toolsGrammar(endProbability: number): Grammar {
  return { ...grammarWithJson(endProbability), ...toolCall };
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
