/** What ends a line, moves a terminal's cursor or turns its writing direction: C0 and C1 controls, separators, bidirectional marks; and half of a pair. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const harmful = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Surrogate}]/gu;

/** The usual text, told at once. */
const plain = /^[\u0020-\u007e]*$/;

/**
 * A text from outside, safe to print raw, as pretty lines are: each harmful character, and each half of one, becomes U+FFFD, and what is longer than `limit`
 * characters ends in `…`.
 */
export function cleanText(text: string, limit: number): string {
  const cut = text.length > limit ? `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;
  return plain.test(cut) ? cut : cut.replace(harmful, "\ufffd");
}
