import { type ChildLoggerOptions, type Logger, pino, symbols } from "pino";
import { isOwnLine } from "../lines/own-line.ts";
import { Censor, type Stringify } from "./censor.ts";
import { noteBindings } from "./correlate.ts";
import { unwritable } from "./merge-line.ts";
import { isPlainData } from "./plain-data.ts";
import { createRules, type RuleOf, type RuleOptions } from "./rules.ts";
import { messageText, withoutCredentials } from "./text.ts";

type Fields = Record<string, unknown>;

/** Makes JSON of the values of one name. */
type Writer = (value: unknown) => string | undefined;
type Writers = Record<string | symbol, Writer | undefined>;

/** What pino keeps on a logger, and its children inherit, as far as it is needed here. */
interface Insides {
  child: (bindings: Fields, options?: ChildLoggerOptions) => Logger;
  setBindings: (bindings: Fields) => void;
  [symbols.asJsonSym]: (...line: unknown[]) => string;
  [symbols.stringifySym]: Writer;
  readonly [symbols.stringifySafeSym]: Stringify;
  [symbols.stringifiersSym]: Writers;
  [symbols.formatOptsSym]: { readonly stringify: Writer };
}

/** Names can come from outside: the writers of so many are kept. */
const maxKept = 2_000;

/** Where no name beside a value matters. */
const nobody = Object.freeze({});

/**
 * Keeps credentials and contents out of all that a logger and its children write: lines, errors, bindings, messages and what is formatted into
 * them.
 *
 * It works where pino makes JSON of a value, after every serializer: the app's objects are not copied, and never reach pino's redactor, which
 * writes into the instances that it is given. Paths of the app's own are censored by that redactor.
 */
export class Redaction {
  readonly #ruleOf: RuleOf;
  readonly #censor: Censor;
  #stringifySafe: Stringify = () => undefined;
  /** The line or bindings whose values are written now. */
  #holder: object = nobody;
  /** How many names have a writer for the texts that they had. */
  #texts = 0;
  /** By name, made when pino asks for one; `undefined` where pino's own way is right. */
  readonly #writers: Writers = this.#keepWriters((name) => this.#writerOf(name));

  constructor(options: RuleOptions) {
    this.#ruleOf = createRules(options);
    this.#censor = new Censor(this.#ruleOf);
  }

  /** pino's `formatters.log`, the last that is done to a line before its values are written. */
  readonly formatLine = (line: object): Fields => {
    const isApps = typeof line === "object" && line !== null && !isOwnLine(line);
    const fields = isApps && hasUrl(line as Fields) ? this.#noteTexts(line) : (line as Fields);
    this.#holder = isApps ? fields : nobody;
    return fields;
  };

  /** Takes over how a logger writes, and with it its children. */
  install(root: Logger): void {
    const insides = insidesOf(root);
    this.#stringifySafe = insides[symbols.stringifySafeSym];
    this.#takeWriters(insides, insides);
    const redaction = this;
    const { child, setBindings, [symbols.asJsonSym]: asJson } = insides;
    override(root, symbols.asJsonSym, function (this: Logger, line: object, message: unknown, ...rest: never[]) {
      const text = typeof message === "string" ? messageText(message) : message;
      return redaction.#within(nobody, () => asJson.call(this, line, text, ...rest));
    });
    override(root, "child", function (this: Logger, bindings: Fields, options?: ChildLoggerOptions) {
      const noted = redaction.#noteTexts(bindings);
      const parent = redaction.#parentFor(this, options);
      const made = redaction.#within(noted, () => child.call(parent, noted, redaction.#childOptions(options)));
      noteBindings(made, noted);
      return made;
    });
    override(root, "setBindings", function (this: Logger, bindings: Fields) {
      const noted = redaction.#noteTexts(bindings);
      redaction.#within(noted, () => setBindings.call(this, noted));
      noteBindings(this, noted);
    });
  }

  /** A getter or serializer can write a line of its own meanwhile. */
  #within<Result>(holder: object, write: () => Result): Result {
    const outer = this.#holder;
    this.#holder = holder;
    try {
      return write();
    } finally {
      this.#holder = outer;
    }
  }

  /** A child's own `redact` takes the place of all that its parent censors: pino's writers for it are made apart, and ours put before them. */
  #parentFor(parent: Logger, options: ChildLoggerOptions | undefined): Logger {
    const redact = options?.redact;
    if (typeof redact !== "object" || redact === null) return parent;
    const between: Logger = Object.create(parent);
    this.#takeWriters(insidesOf(between), insidesOf(pino({ redact }, { write: () => {} })));
    return between;
  }

  /** A child's own formatters can make other lines and bindings than those that it is given. */
  #childOptions(options: ChildLoggerOptions | undefined): ChildLoggerOptions | undefined {
    if (options?.formatters === undefined && options?.redact === undefined) return options;
    const { redact: _redact, formatters, ...others } = options;
    const log = formatters?.log;
    const bindings = formatters?.bindings;
    return {
      ...others,
      ...(formatters !== undefined && {
        formatters: {
          ...formatters,
          ...(log && { log: (line: object) => this.formatLine(log.call(formatters, line)) }),
          ...(bindings && { bindings: (each: Fields) => this.formatLine(bindings.call(formatters, each)) }),
        },
      }),
    };
  }

  /** @param own whose writers the app's paths have made */
  #takeWriters(insides: Insides, own: Insides): void {
    const redactors = own[symbols.stringifiersSym];
    const wildcard = redactors[symbols.wildcardFirstSym];
    const format = redactors[symbols.redactFmtSym];
    const redacted =
      (name: string, write: Writer): Writer =>
      (value) =>
        this.#redacted(name, value, write);
    const writers: Writers = Object.create(
      wildcard === undefined ? this.#writers : this.#keepWriters((name) => redacted(name, wildcard)),
    );
    for (const name of Object.keys(redactors)) {
      const write = redactors[name];
      if (write !== undefined) writers[name] = redacted(name, write);
    }
    insides[symbols.stringifySym] = (value) => this.#write(value);
    insides[symbols.stringifiersSym] = writers;
    insides[symbols.formatOptsSym] = {
      stringify: (value) => (format === undefined ? this.#write(value) : this.#redacted("", value, format)),
    };
  }

  /** By pino's redactor, too, which writes into instances: it is given plain data alone, else what JSON makes of the value. */
  #redacted(name: string, value: unknown, redact: Writer): string | undefined {
    if (isPlainData(value)) return this.#write(parsed(redact(value)), name);
    return redact(parsed(this.#write(value, name)));
  }

  /** Writers by name, each made when pino asks for it first. */
  #keepWriters(make: (name: string) => Writer | undefined): Writers {
    let count = 0;
    const kept: Writers = Object.create(
      new Proxy(Object.create(null), {
        get: (_, name) => {
          if (typeof name !== "string") return undefined;
          const writer = make(name);
          if (count < maxKept) kept[name] = writer;
          count += 1;
          return writer;
        },
      }),
    );
    return kept;
  }

  #writerOf(name: string): Writer | undefined {
    return this.#ruleOf(name) === undefined ? undefined : (value) => this.#write(value, name);
  }

  /** A text that holds a URL has a writer, where pino writes others by itself; past so many names it is replaced in a copy. */
  #noteTexts(fields: object): Fields {
    let noted = fields as Fields;
    for (const name of namesOf(fields)) {
      const value: unknown = Object.getOwnPropertyDescriptor(fields, name)?.value;
      if (typeof value !== "string" || !value.includes("//") || this.#writers[name] !== undefined) continue;
      if (this.#texts < maxKept) this.#writers[name] = (text) => this.#write(text, name);
      else noted = { ...noted, [name]: withoutCredentials(value) };
      this.#texts += 1;
    }
    return noted;
  }

  /** JSON as pino makes it, with everything censored that may not be seen. */
  #write(value: unknown, name?: string): string | undefined {
    const place = name === undefined ? undefined : { name, holder: this.#holder };
    if (typeof value === "string") return JSON.stringify(this.#censor.judge(value, place));
    try {
      return this.#censor.stringify(value, JSON.stringify, place);
    } catch {
      try {
        return this.#censor.stringify(value, this.#stringifySafe, place);
      } catch {
        return JSON.stringify(unwritable);
      }
    }
  }
}

/** Asked of each line: it is a copy that was made when it was merged. */
function hasUrl(line: Fields): boolean {
  for (const name in line) {
    const value = line[name];
    if (typeof value === "string" && value.includes("//")) return true;
  }
  return false;
}

function parsed(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}

/** None, where they cannot be seen: pino says so. */
function namesOf(fields: object): readonly string[] {
  try {
    return Object.keys(fields);
  } catch {
    return [];
  }
}

function insidesOf(logger: Logger): Insides {
  return logger as unknown as Insides;
}

/** Not enumerable, as pino's own methods are. */
function override(logger: Logger, name: keyof Insides, value: (...parts: never[]) => unknown): void {
  Object.defineProperty(logger, name, { value, configurable: true, writable: true });
}
