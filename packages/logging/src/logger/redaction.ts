import { type ChildLoggerOptions, type Logger, symbols } from "pino";
import { isOwnLine } from "../lines/own-line.ts";
import { createReplacer, type Replacer } from "./censor.ts";
import { noteBindings, unwritable } from "./correlate.ts";
import { createRules, type Rule, type RuleOf } from "./rules.ts";
import { isUrl, withoutUserInfo } from "./shown-url.ts";

type Fields = Record<string, unknown>;
type Stringify = (value: unknown) => string | undefined;
type Child = (bindings: Fields, options?: ChildLoggerOptions) => Logger;

/** What pino keeps on a logger, and its children inherit, as far as it is needed here. */
interface Insides {
  child: Child;
  setBindings: (bindings: Fields) => void;
  [symbols.stringifySym]: Stringify;
  readonly [symbols.stringifySafeSym]: (value: unknown, replacer: unknown) => string | undefined;
  [symbols.stringifiersSym]: Record<string | symbol, Stringify>;
  [symbols.formatOptsSym]: { readonly stringify: Stringify };
}

/** Names can come from outside: past so many their values are replaced in copies of the lines. */
const maxWriters = 1_000;

/**
 * Keeps credentials and contents out of all that a logger and its children write: lines, errors, bindings, and what is formatted into messages.
 *
 * It works where pino makes JSON of a value, after every serializer: the app's objects are not copied, and never reach pino's redactor, which
 * writes into the instances that it is given. Paths of the app's own are censored by that redactor, on a plain copy.
 */
export class Redaction {
  readonly #ruleOf: RuleOf;
  readonly #replacer: Replacer;
  /** How the values of the names that have a rule are written, by name; every logger's own writers come before these. */
  readonly #writers: Record<string, Stringify> = Object.create(null);
  #known = 0;
  #stringifySafe: Insides[typeof symbols.stringifySafeSym] = () => JSON.stringify(unwritable);

  /**
   * @param content leaves prompts and answers in
   * @param keep names whose values are shown, in any spelling
   */
  constructor(content: boolean, keep: readonly string[]) {
    this.#ruleOf = createRules(content, keep);
    this.#replacer = createReplacer(this.#ruleOf);
  }

  /** pino's `formatters.log`: the names of a line are known before its values are written. */
  readonly formatLine = (line: object): Fields => {
    const fields = line as Fields;
    return isOwnLine(line) ? fields : this.#prepare(fields);
  };

  /** Begins to watch over a logger, whose children inherit it. */
  watch(root: Logger): void {
    const insides = insidesOf(root);
    this.#stringifySafe = insides[symbols.stringifySafeSym];
    this.#install(insides);
    const redaction = this;
    const { child, setBindings } = insides;
    // bindings are written when they are made, by no formatter; not enumerable, as pino's own methods are
    hide(root, "child", function (this: Logger, bindings: Fields, options?: ChildLoggerOptions) {
      return redaction.#child((...parts) => child.apply(this, parts), bindings, options);
    });
    hide(root, "setBindings", function (this: Logger, bindings: Fields) {
      setBindings.call(this, redaction.#prepare(bindings));
    });
  }

  #child(child: Child, bindings: Fields, options: ChildLoggerOptions | undefined): Logger {
    const log = options?.formatters?.log;
    const isRedacted = typeof options?.redact === "object" && options.redact !== null;
    if (log === undefined && !isRedacted) return child(this.#prepare(bindings), options);
    // its own formatter may write names of its own
    const formatters = { ...options?.formatters, ...(log && { log: (line: object) => this.formatLine(log(line)) }) };
    if (!isRedacted) return child(this.#prepare(bindings), { ...options, formatters });
    // its own `redact` takes the place of all that the parent censors: nothing may be written before ours is back
    const made = child({}, { ...options, ...(log && { formatters }) });
    this.#install(insidesOf(made));
    made.setBindings(bindings);
    noteBindings(made);
    return made;
  }

  #install(insides: Insides): void {
    const own = insides[symbols.stringifiersSym];
    const writers: Record<string | symbol, Stringify> = Object.create(this.#writers);
    for (const name of Reflect.ownKeys(own)) {
      const write = own[name];
      if (write !== undefined) writers[name] = (value) => write(this.#plainCopy(this.#shown(name, value)));
    }
    const stringify: Stringify = (value) => this.#stringify(value);
    insides[symbols.stringifySym] = stringify;
    insides[symbols.stringifiersSym] = writers;
    insides[symbols.formatOptsSym] = { stringify: writers[symbols.redactFmtSym] ?? stringify };
  }

  /** The JSON of a value, as pino makes it, with everything censored that its rule wants censored. */
  #stringify(value: unknown): string | undefined {
    try {
      return JSON.stringify(value, this.#replacer);
    } catch {
      try {
        return this.#stringifySafe(value, this.#replacer);
      } catch {
        return JSON.stringify(unwritable);
      }
    }
  }

  #shown(name: string | symbol, value: unknown): unknown {
    const rule = typeof name === "string" ? this.#ruleOf(name) : undefined;
    return rule === undefined || rule.when !== undefined ? value : rule.show(value);
  }

  #plainCopy(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const json = this.#stringify(value);
    return json === undefined ? undefined : JSON.parse(json);
  }

  /** Sees that each name that has a rule is written by it; a copy where a rule depends on the names beside it. */
  #prepare(fields: Fields): Fields {
    let copy: Fields | undefined;
    try {
      for (const name in fields) {
        const show = this.#showNow(name, fields);
        if (show === undefined) continue;
        copy ??= { ...fields };
        copy[name] = show(copy[name]);
      }
    } catch {
      // what cannot be looked at is left to pino
    }
    return copy ?? fields;
  }

  /** What is to be done with a value before it is written. */
  #showNow(name: string, fields: Fields): Rule["show"] | undefined {
    const rule = this.#ruleOf(name);
    if (rule === undefined) return isUrl(fields[name]) ? withoutUserInfo : undefined;
    const isLeft = rule.when === undefined ? this.#hasWriter(name, rule) : !rule.when(fields);
    return isLeft ? undefined : rule.show;
  }

  /** Whether there is a writer for a name, from now on at the latest. */
  #hasWriter(name: string, { show }: Rule): boolean {
    if (name in this.#writers) return true;
    if (this.#known >= maxWriters) return false;
    this.#known += 1;
    this.#writers[name] = (value) => this.#stringify(show(value));
    return true;
  }
}

function insidesOf(logger: Logger): Insides {
  return logger as unknown as Insides;
}

function hide(logger: Logger, name: keyof Insides & string, value: (...parts: never[]) => unknown): void {
  Object.defineProperty(logger, name, { value, configurable: true, writable: true });
}
