import { grammar, wordsOf } from "../grammar/grammar.ts";
import { byteCharacters, byteLevel } from "./byte-level.ts";
import { promptWords } from "./prompt-words.ts";
import { specialTokens } from "./special-tokens.ts";

export interface Vocabulary {
  /** In the spelling of the file; a token's place is its id. */
  readonly tokens: readonly string[];
  readonly size: number;
  /** The id of a special token, a word or a mark, given as it appears in text; undefined where it takes several tokens. */
  idOf(text: string): number | undefined;
}

/** llama.cpp insists on a merge whose result is a token; no word depends on it. */
export const onlyMerge = { rule: "Ġ t", result: " t" };

/**
 * Special tokens first, then every byte, so that any text can be told, then whole words: those of every model, and last those that one variant
 * adds.
 */
export function vocabulary(added: readonly string[] = []): Vocabulary {
  const special = Object.values(specialTokens);
  const words = [onlyMerge.result, ...wordsOf(grammar(0)), ...promptWords, ...added].map(byteLevel);
  const tokens = [...new Set([...special, ...byteCharacters, ...words])];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  return {
    tokens,
    size: tokens.length,
    idOf: (text) => ids.get(text) ?? ids.get(byteLevel(text)),
  };
}
