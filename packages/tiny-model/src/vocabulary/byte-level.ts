/**
 * GPT-2's spelling of bytes as printable characters, in which the vocabulary of a byte-level tokenizer is written: printable Latin-1 bytes stand
 * for themselves, and the others, in order, take the code points from 256 on. A space becomes "Ġ", a newline "Ċ".
 */
export const byteCharacters: readonly string[] = spellings();

const utf8 = new TextEncoder();

/** A text as the vocabulary spells it. */
export function byteLevel(text: string): string {
  return Array.from(utf8.encode(text), (byte) => byteCharacters[byte]).join("");
}

function spellings(): string[] {
  let moved = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : moved++));
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}
