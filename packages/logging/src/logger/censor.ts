import { types } from "node:util";
import { CensoredHeaders, type HeaderCensor, isHeaders } from "./headers.ts";
import { snapshotOf } from "./http-snapshot.ts";
import { censored } from "./name.ts";
import { isCredential, type Rule, type RuleOf, type Rules } from "./rules.ts";
import { withoutCredentials } from "./text.ts";

/** `JSON.stringify`'s second parameter. */
type Replacer = (this: object, name: string, value: unknown) => unknown;

/** Any `JSON.stringify`. */
export type Stringify = (value: unknown, replacer: Replacer) => string | undefined;

/** The name that a value is written under, and the object that has it. */
export interface Place {
  readonly name: string;
  readonly holder: object;
}

/**
 * Makes JSON and decides on each value while it is made. What is judged is what would be written: getters, classes, `toJSON` and proxies are
 * behind it, and nothing of the app's is changed.
 */
export class Censor {
  readonly #ruleOf: RuleOf;
  readonly #headers: HeaderCensor;
  readonly #replacer: Replacer;
  /** Headers whose values JSON comes to next. */
  #judgedHeaders: object | undefined;
  /** Where the value belongs that JSON is about to be made of: JSON names it "". */
  #root: Place | undefined;

  constructor({ ruleOf, headers }: Rules) {
    this.#ruleOf = ruleOf;
    this.#headers = headers;
    this.#replacer = this.#replace();
  }

  hasRule(name: string): boolean {
    return this.#ruleOf(name) !== undefined;
  }

  /** The headers of a request as they may be written, where an object is such; else the object itself. */
  headersOr(fields: object): object {
    try {
      return isHeaders(fields) ? (this.#headers.censor(fields, true) as object) : fields;
    } catch {
      return fields;
    }
  }

  /** A value that is no object, under a name or by itself. */
  judge(value: unknown, name: string | undefined, holder: object): unknown {
    return this.#written(name === undefined ? undefined : this.#ruleOf(name), value, holder);
  }

  /** A value's `toJSON` can write a line of its own meanwhile. */
  stringify(value: unknown, stringify: Stringify, place?: Place): string | undefined {
    const outer = this.#root;
    this.#root = place;
    try {
      return stringify(value, this.#replacer);
    } finally {
      this.#root = outer;
    }
  }

  #replace(): Replacer {
    const censor = this;
    const ruleOf = this.#ruleOf;
    return function (name, value) {
      // JSON names the value itself "" alone
      if (name === "" && censor.#root !== undefined) return censor.#writtenRoot(value);
      // judged already
      if (this === censor.#judgedHeaders) return value;
      if (Array.isArray(this)) return censor.#item(value);
      const rule = ruleOf(name);
      return rule === undefined ? censor.#byItself(value) : censor.#written(rule, value, this);
    };
  }

  #writtenRoot(value: unknown): unknown {
    const root = this.#root;
    this.#root = undefined;
    return root === undefined ? value : this.#written(this.#ruleOf(root.name), value, root.holder);
  }

  #written(rule: Rule | undefined, value: unknown, holder: object): unknown {
    if (value === undefined || typeof value === "function" || typeof value === "symbol") return value;
    return this.#byItself(rule === undefined ? value : judged(rule, value, holder));
  }

  /** What a value says under any name. */
  #byItself(value: unknown): unknown {
    if (typeof value === "string") return withoutCredentials(value);
    if (typeof value !== "object" || value === null) return value;
    try {
      if (types.isStringObject(value)) return withoutCredentials(String(value));
      const shown = snapshotOf(value) ?? (isHeaders(value) ? this.#headers.censor(value, true) : value);
      if (shown instanceof CensoredHeaders) this.#judgedHeaders = shown;
      return shown;
    } catch {
      // what cannot be looked at is left to pino
      return value;
    }
  }

  /** A list's places are no names, but of a list of pairs each has one. */
  #item(value: unknown): unknown {
    if (!Array.isArray(value) || value.length !== 2) return this.#byItself(value);
    const [name] = value;
    return typeof name === "string" && isCredential(this.#ruleOf(name)) ? [name, censored] : value;
  }
}

/** What cannot be judged is not shown. */
function judged(rule: Rule, value: unknown, holder: object): unknown {
  try {
    return rule(typeof value === "object" && types.isStringObject(value) ? String(value) : value, holder);
  } catch {
    return censored;
  }
}
