import { latin1, parseLatin1 } from "./event-scanner.ts";

/** An answer up to this length is kept, and parsed at its end. */
const maxLength = 2 ** 18;
/** Of a longer one, this much of its beginning and of its end is looked through for figures. */
const partLength = 2 ** 16;

/** Keeps an answer that comes in one piece until its end; of one that is too long, such as many embeddings, its beginning and its end. */
export class WholeText {
  #head = "";
  #tail = "";
  #isTooLong = false;

  read(chunk: Uint8Array): void {
    if (!this.#isTooLong && this.#head.length + chunk.length <= maxLength) {
      this.#head += latin1(chunk);
      return;
    }
    this.#isTooLong = true;
    this.#tail = (this.#tail + latin1(chunk.subarray(-partLength))).slice(-partLength);
  }

  get isEmpty(): boolean {
    return this.#head === "" && !this.#isTooLong;
  }

  /** @returns its value, or an object of the figures in its beginning and its end; undefined for what is no JSON */
  json(): unknown {
    if (!this.#isTooLong) return parseLatin1(this.#head);
    const before = this.#head.slice(0, partLength);
    return /^\s*[{[]/.test(before) ? figuresIn(`${before}${this.#head.slice(-partLength)}${this.#tail}`) : undefined;
  }
}

/**
 * Members with a figure, as JSON. In a text all quotes are escaped: what looks like such a member is one, at whichever depth. An object may hold
 * objects, and these none.
 */
const member =
  /"(model|id|system_fingerprint|usage|timings|metrics|[a-z_]+_(?:count|duration))":\s*("(?:[^"\\]|\\.)*"|\d+|\{(?:[^{}"]|"(?:[^"\\]|\\.)*"|\{[^{}]*\})*\})/g;
const finishReason = /"finish_reason":\s*("\w+")/;

function figuresIn(text: string): object {
  const figures: Record<string, unknown> = {};
  for (const [, name = "", value = ""] of text.matchAll(member)) figures[name] ??= parseLatin1(value);
  const [, reason] = finishReason.exec(text) ?? [];
  if (reason !== undefined) figures["choices"] = [{ finish_reason: parseLatin1(reason) }];
  return figures;
}
