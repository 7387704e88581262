import type { Diagnostics } from "../base/diagnostics.ts";
import { AiwatchError } from "../base/errors.ts";

export type PlainLabels = Readonly<Record<string, string>>;

/** Where the calls of one metric are looked at. */
export interface CallValidationOptions {
  /** The metric's name. */
  readonly metric: string;
  readonly labelNames: readonly string[];
  readonly diagnostics: Diagnostics;
  /** A disabled instance records nothing and reports nothing. */
  readonly disabled: boolean;
}

/** Looks at what the app hands over before it is recorded. What cannot be is left out and reported: nothing throws. */
export class CallValidation {
  readonly #options: CallValidationOptions;
  readonly #hasLabels: boolean;

  constructor(options: CallValidationOptions) {
    this.#options = options;
    this.#hasLabels = options.labelNames.length > 0;
  }

  /** The labels of a call. @returns undefined where they are not those of the metric, which is reported */
  labels(args: readonly unknown[]): PlainLabels | undefined {
    if (this.#options.disabled) return undefined;
    return this.#hasLabels ? this.check(args[0]) : none;
  }

  /** @returns undefined where they are not those of the metric, which is reported */
  check(given: unknown): PlainLabels | undefined {
    try {
      const fault = typeof given === "object" && given !== null ? this.#faultOf(given) : "without its labels";
      if (fault === undefined) return this.#texts(given as PlainLabels);
      this.refuse(fault);
    } catch {
      this.refuse("with labels that cannot be read");
    }
    return undefined;
  }

  /** The arguments that follow the labels. */
  rest(args: readonly unknown[]): readonly unknown[] {
    return this.#hasLabels ? args.slice(1) : args;
  }

  /** A call's number; `omitted` where there is none. @returns undefined for what is unknown or not finite, and is not recorded */
  number(rest: readonly unknown[], omitted?: number): number | undefined {
    const value = rest.length === 0 ? omitted : rest[0];
    if (value === undefined) return undefined;
    if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
    this.refuse("with a value that is no number");
    return undefined;
  }

  /** Reports a call that nothing was recorded of. */
  refuse(how: string): void {
    const { metric, labelNames, diagnostics, disabled } = this.#options;
    if (disabled) return;
    const labels = labelNames.length === 0 ? "none" : labelNames.join(", ");
    const error = new AiwatchError(
      "AIWATCH_INVALID_ARGUMENT",
      `${metric} was recorded ${how}; its labels are: ${labels}`,
    );
    diagnostics.fault("registry", `recording ${metric} ${how}`, error);
  }

  /** In words that hold nothing of what was handed over: it may be content. */
  #faultOf(given: object): string | undefined {
    const { labelNames } = this.#options;
    const missing = labelNames.find((name) => !Object.hasOwn(given, name));
    if (missing !== undefined) return `without its label ${missing}`;
    if (Object.keys(given).length > labelNames.length) return "with a label that it does not have";
    return undefined;
  }

  #texts(given: Readonly<Record<string, unknown>>): PlainLabels | undefined {
    const texts: Record<string, string> = {};
    for (const name of this.#options.labelNames) {
      const value = given[name];
      if (typeof value !== "string" && typeof value !== "number") {
        this.refuse(`with a label ${name} that is no text`);
        return undefined;
      }
      texts[name] = String(value);
    }
    return texts;
  }
}

const none: PlainLabels = {};
