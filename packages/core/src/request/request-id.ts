import { randomFillSync } from "node:crypto";

const sane = /^[\w.-]{1,128}$/;

/** The request id that a header holds where it is sane (1–128 of letters, digits, `_`, `.`, `-`), else a new one. */
export function requestIdOf(header: number | string | readonly string[] | undefined): string {
  return typeof header === "string" && sane.test(header) ? header : newRequestId();
}

/** Random bytes for many ids, drawn together, and the text of the id that is being made. */
const idBytes = 16;
const pool = Buffer.allocUnsafe(512 * idBytes);
let used = pool.length;
const text = Buffer.alloc(36, "-");
const digits = Buffer.from("0123456789abcdef");
/** Where the two digits of each byte stand among the dashes of a UUID. */
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/** A UUID of version 4, as one flat string: `randomUUID` joins its own of 20 pieces, and takes ten times the memory. */
function newRequestId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  for (let index = 0; index < idBytes; index += 1) {
    const place = places[index] ?? 0;
    const byte = marked(pool[used + index] ?? 0, index);
    text[place] = digits[byte >> 4] ?? 0;
    text[place + 1] = digits[byte & 15] ?? 0;
  }
  used += idBytes;
  return text.toString("latin1");
}

/** The byte with the version or the variant, where it holds that. */
function marked(byte: number, index: number): number {
  if (index === 6) return (byte & 0x0f) | 0x40;
  return index === 8 ? (byte & 0x3f) | 0x80 : byte;
}
