/** A text that went through `cleanText`: the compiler lets no other one into a line. */
export type CleanText = string & { readonly [clean]: true };
declare const clean: unique symbol;

/**
 * What ends a line, moves a terminal's cursor, turns its writing direction or cannot be seen, as Unicode says of each character: controls,
 * formats (bidirectional marks, joiners, tags), halves of a pair, separators, and all that is invisible.
 */
const harmful = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A picture's own joiners and selectors are a part of it. */
const picture =
  /\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?(?:\u200d\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)*/gu;

/** The usual text: nothing in it is harmful. */
const plain = /^[\u0020-\u007e]*$/;

/**
 * A text from outside, safe to print raw, as pretty lines are: each harmful character, and each half of one, becomes U+FFFD, and what is longer than `limit`
 * characters ends in `…`.
 */
export function cleanText(text: string, limit: number): CleanText {
  const cut = text.length > limit ? `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;
  return (plain.test(cut) ? cut : replaceHarmful(cut)) as CleanText;
}

function replaceHarmful(text: string): string {
  let shown = "";
  let end = 0;
  for (const { 0: whole, index } of text.matchAll(picture)) {
    shown += text.slice(end, index).replace(harmful, "\ufffd") + whole;
    end = index + whole.length;
  }
  return shown + text.slice(end).replace(harmful, "\ufffd");
}
