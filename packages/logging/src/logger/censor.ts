import { types } from "node:util";
import { CensoredHeaders, isHeaders } from "./headers.ts";
import { snapshotOf } from "./http-snapshot.ts";
import { censored, credentialKind, wordsOf } from "./name.ts";
import type { Rule, RuleOf } from "./rules.ts";
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
  readonly #headers: Rule | undefined;
  /** Where the value belongs that JSON is about to be made of: JSON names it "". */
  #root: Place | undefined;

  constructor(ruleOf: RuleOf) {
    this.#ruleOf = ruleOf;
    this.#headers = ruleOf("headers");
  }

  /** A value that is no object. */
  judge(value: unknown, place: Place | undefined): unknown {
    return this.#written(place && this.#ruleOf(place.name), value, place?.holder ?? this);
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

  readonly #replacer = this.#replace();

  #replace(): Replacer {
    const censor = this;
    return function (name, value) {
      const root = censor.#root;
      if (root !== undefined) {
        censor.#root = undefined;
        return censor.#written(censor.#ruleOf(root.name), value, root.holder);
      }
      // headers are judged already, and a list's places are no names
      if (CensoredHeaders.is(this)) return value;
      return censor.#written(Array.isArray(this) ? undefined : censor.#ruleOf(name), value, this);
    };
  }

  #written(rule: Rule | undefined, value: unknown, holder: object): unknown {
    if (value === undefined || typeof value === "function" || typeof value === "symbol") return value;
    return this.#byItself(rule === undefined ? value : judged(rule, value, holder));
  }

  /** What a value says under any name. */
  #byItself(value: unknown): unknown {
    if (typeof value === "string") return withoutCredentials(value);
    if (typeof value !== "object" || value === null || CensoredHeaders.is(value)) return value;
    try {
      if (Array.isArray(value)) return isCredentialPair(value) ? [value[0], censored] : value;
      const snapshot = snapshotOf(value);
      return snapshot === undefined && isHeaders(value) ? this.#headers?.(value, value) : (snapshot ?? value);
    } catch {
      // what cannot be looked at is left to pino
      return value;
    }
  }
}

/** What cannot be judged is not shown. */
function judged(rule: Rule, value: unknown, holder: object): unknown {
  try {
    return rule(types.isStringObject(value) ? String(value) : value, holder);
  } catch {
    return censored;
  }
}

function isCredentialPair(list: readonly unknown[]): boolean {
  const [name] = list;
  return list.length === 2 && typeof name === "string" && credentialKind(wordsOf(name)) !== undefined;
}
