import { latin1, parseLatin1 } from "./event-scanner.ts";

/** An answer is kept up to this length, to be parsed at its end. */
const maxLength = 2 ** 20;

/** Keeps an answer that comes in one piece until its end. */
export class WholeText {
  #text = "";
  #isTooLong = false;

  read(chunk: Uint8Array): void {
    if (this.#isTooLong) return;
    if (this.#text.length + chunk.length > maxLength) {
      this.#text = "";
      this.#isTooLong = true;
    } else this.#text += latin1(chunk);
  }

  /** @returns its value; undefined where it is no JSON, or too long to be kept */
  json(): unknown {
    return this.#isTooLong ? undefined : parseLatin1(this.#text);
  }
}
