import type { Diagnostics } from "../base/diagnostics.ts";
import { invalidArgument } from "../base/errors.ts";
import { labelValue } from "../instruments/label-values.ts";

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

  /** A name, as a label has it: the same in records, spans and metrics. @returns undefined where there is none */
  nameOf(what: string, answer: unknown): string | undefined {
    if (answer === undefined || answer === null) return undefined;
    if (typeof answer === "string" && answer !== "") return labelValue(answer);
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
