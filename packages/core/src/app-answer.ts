import { cutText } from "./cut-text.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { invalidArgument } from "./invalid-argument.ts";

/** What a function of the app answered, which may be anything in plain JavaScript. What cannot be used is reported and is no answer. */
export class AppAnswers {
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** Whether it is `true`. An object or a text is none: `{ ok: false }` and `"false"` must not open what they were to close. */
  isTrue(what: string, answer: unknown): boolean {
    if (answer === true) return true;
    if (answer !== false && answer !== undefined && answer !== null) this.#report(what, answer, "true or false");
    return false;
  }

  /** A name for a label: text, whole characters, as long as a label may be. @returns undefined where there is none */
  nameOf(what: string, answer: unknown): string | undefined {
    if (answer === undefined || answer === null) return undefined;
    if (typeof answer === "string" && answer !== "") return wellFormed(cutText(answer, longestName));
    this.#report(what, answer, "a text that is not empty");
    return undefined;
  }

  #report(what: string, answer: unknown, expected: string): void {
    this.#diagnostics.fault(
      "route",
      `${what}, by an answer that cannot be used,`,
      invalidArgument("it", answer, expected),
    );
  }
}

/** Characters: as many as a label's value and a span's name may have. */
const longestName = 256;

/** Two halves of a character that stand alone are written alike, and are two values all the same. */
function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replaceAll(/\p{Surrogate}/gu, "\ufffd") : text;
}
