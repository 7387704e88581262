import { type ChildLoggerOptions, type Logger, pino, symbols } from "pino";
import { heldLinesOf, type LineStream } from "../lines/held-lines.ts";
import { isOwnLine } from "../lines/own-line.ts";
import { Censor, type Stringify } from "./censor.ts";
import { correlate, merge, noteBindings, unwritable } from "./correlation.ts";
import { flatLine, type Holder, LineNames } from "./flat-line.ts";
import { isPlainData } from "./plain-data.ts";
import { createRules, type RuleOptions } from "./rules.ts";
import { messageText, plainText, textJson } from "./text.ts";
import { keepWriters, type Writer, type Writers } from "./writers.ts";

type Fields = Record<string, unknown>;

/** What pino keeps on a logger, and its children inherit, as far as it is needed here. */
interface Insides {
  child: (bindings: Fields, options?: ChildLoggerOptions) => Logger;
  setBindings: (bindings: Fields) => void;
  [symbols.asJsonSym]: (...line: unknown[]) => string;
  [symbols.stringifySym]: Writer;
  readonly [symbols.stringifySafeSym]: Stringify;
  [symbols.stringifiersSym]: Writers;
  [symbols.formatOptsSym]: { readonly stringify: Writer };
  [symbols.mixinSym]: unknown;
  readonly [symbols.formattersSym]: { readonly log?: unknown };
  readonly [symbols.serializersSym]: Readonly<Record<string, unknown>>;
  readonly [symbols.writeSym]: unknown;
  readonly [symbols.streamSym]: LineStream & { readonly [symbols.needsMetadataGsym]?: boolean };
  [redactionKey]: Redaction;
  [namesKey]: LineNames;
}

const redactionKey = Symbol("the redaction of a logger and its children");
const namesKey = Symbol("the names of a logger's lines");

/** Where nothing stands beside a value. */
const alone = Object.freeze({});

/**
 * Keeps credentials and contents out of all that a logger and its children write: lines, errors, bindings, messages and what is formatted into
 * them.
 *
 * It works where pino makes JSON of a value, after every serializer: the app's objects are not copied, and never reach pino's redactor, which
 * writes into the instances that it is given. Paths of the app's own are censored by that redactor.
 */
export class Redaction {
  readonly #censor: Censor;
  #stringifySafe: Stringify = () => undefined;
  /** The line or the bindings that are being written. */
  readonly #holder: Holder = { object: alone };
  /** What pino calls for a line; absent where other code has wrapped pino's methods. */
  #installed: { readonly asJson: unknown; readonly write: unknown } | undefined;
  readonly #writers = keepWriters((name) => this.#writerOf(name));
  /** The usual values of the usual names. */
  readonly #writeUnruled: Writer = (value) => {
    if (typeof value === "string") return textJson(value);
    return typeof value === "boolean" || Number.isFinite(value) ? String(value) : this.#write(value);
  };

  constructor(options: RuleOptions) {
    this.#censor = new Censor(createRules(options));
  }

  /** pino's `formatters.log`, the last that is done to a line before its values are written. */
  readonly formatLine = (line: object): Fields => {
    const isApps = typeof line === "object" && line !== null && !isOwnLine(line);
    const fields = isApps ? this.#censor.headersOr(line) : line;
    this.#holder.object = isApps ? fields : alone;
    return fields as Fields;
  };

  /** Takes over how a logger writes, and with it its children. */
  install(root: Logger): void {
    const insides = insidesOf(root);
    this.#stringifySafe = insides[symbols.stringifySafeSym];
    this.#takeWriters(insides, insides);
    const isPinos = takesCorrelation(insides);
    const asJson = this.#writer(insides, isPinos);
    override(root, symbols.asJsonSym, asJson);
    override(root, redactionKey, this);
    if (isPinos) this.#installed = { asJson, write: insides[symbols.writeSym] };
    const redaction = this;
    const { child, setBindings } = insides;
    override(root, "child", function (this: Logger, bindings: Fields, options?: ChildLoggerOptions) {
      const bound = redaction.#bindings(bindings);
      const parent = redaction.#parentFor(this, options);
      const made = redaction.#writing(bound, () => child.call(parent, bound, redaction.#childOptions(options)));
      noteBindings(made, bound);
      return made;
    });
    override(root, "setBindings", function (this: Logger, bindings: Fields) {
      const bound = redaction.#bindings(bindings);
      redaction.#writing(bound, () => setBindings.call(this, bound));
      noteBindings(this, bound);
    });
  }

  /**
   * What makes a line, in place of pino's `asJson`, which it calls for what is not usual. Each line comes through here: it needs no closure, and
   * has pino's four parameters by name.
   */
  #writer({ [symbols.asJsonSym]: asJson, [symbols.streamSym]: stream }: Insides, correlates: boolean) {
    const redaction = this;
    const held = heldLinesOf(stream);
    return function (this: Logger & Insides, line: object, message: unknown, level: number, time: string): string {
      held.flush();
      const holder = redaction.#holder;
      const outer = holder.object;
      try {
        let whole = line;
        if (correlates && !isOwnLine(line)) {
          const isUsual = this[symbols.formattersSym].log === redaction.formatLine;
          const flat = isUsual ? flatLine(this, this[namesKey], line, message, level, time) : undefined;
          if (flat !== undefined) return flat;
          whole = merge(line, correlate(line, level, this));
        }
        holder.object = alone;
        return asJson.call(this, whole, typeof message === "string" ? messageText(message) : message, level, time);
      } finally {
        holder.object = outer;
      }
    };
  }

  /** Whether a logger writes fields of these names as they are. */
  leaves(logger: Logger, names: readonly string[]): boolean {
    const insides = insidesOf(logger);
    const { [symbols.serializersSym]: serializers, [namesKey]: known } = insides;
    return (
      this.writesBy(insides) &&
      insides[symbols.writeSym] === this.#installed?.write &&
      insides[symbols.formattersSym].log === this.formatLine &&
      logger.msgPrefix === undefined &&
      insides[symbols.mixinSym] === undefined &&
      !serializers["msg"] &&
      known.areUsual &&
      names.every((name) => !serializers[name] && !known.isCensoredByApp(name))
    );
  }

  /** Whether a logger still makes its lines by this redaction alone. */
  writesBy(logger: object): boolean {
    return this.#installed !== undefined && (logger as Insides)[symbols.asJsonSym] === this.#installed.asJson;
  }

  /** What stands in a line under a name that has nothing beside it. */
  readonly writeAlone = (name: string, value: unknown): string | undefined =>
    this.#writing(alone, () => this.#writerOf(name)(value));

  /** Bindings can be a request's headers. What is no object is left to pino, which refuses it. */
  #bindings(bindings: Fields): Fields {
    if (typeof bindings !== "object" || bindings === null) return bindings;
    return this.#censor.headersOr(bindings) as Fields;
  }

  /** A getter or a serializer can write a line of its own meanwhile. */
  #writing<Result>(holder: object, write: () => Result): Result {
    const outer = this.#holder.object;
    this.#holder.object = holder;
    try {
      return write();
    } finally {
      this.#holder.object = outer;
    }
  }

  /** A child's own `redact` takes the place of its parent's: pino makes the writers for it on a logger that is thrown away. */
  #parentFor(parent: Logger, options: ChildLoggerOptions | undefined): Logger {
    const redact = options?.redact;
    if (typeof redact !== "object" || redact === null) return parent;
    const between: Logger = Object.create(parent);
    this.#takeWriters(insidesOf(between), insidesOf(pino({ redact }, { write: () => {} })));
    return between;
  }

  /** A child's own formatters can make other lines and bindings than those that they are given. */
  #childOptions(options: ChildLoggerOptions | undefined): ChildLoggerOptions | undefined {
    if (!options?.formatters && options?.redact === undefined) return options;
    const { redact: _redact, formatters, ...others } = options;
    if (!formatters) return others;
    const log = formatters.log;
    const bindings = formatters.bindings;
    return {
      ...others,
      formatters: {
        ...formatters,
        ...(log && { log: (line: object) => this.formatLine(log.call(formatters, line)) }),
        ...(bindings && { bindings: (each: Fields) => this.formatLine(bindings.call(formatters, each)) }),
      },
    };
  }

  /** @param own whose writers the app's paths have made */
  #takeWriters(insides: Insides, own: Insides): void {
    const redactors = own[symbols.stringifiersSym];
    const wildcard = redactors[symbols.wildcardFirstSym];
    const format = redactors[symbols.redactFmtSym];
    const redacting =
      (name: string, redact: Writer): Writer =>
      (value) =>
        this.#redact(name, value, redact);
    const writers: Writers = Object.create(
      wildcard === undefined ? this.#writers : keepWriters((name) => redacting(name, wildcard)),
    );
    for (const name of Object.keys(redactors)) {
      const redact = redactors[name];
      if (redact !== undefined) writers[name] = redacting(name, redact);
    }
    insides[symbols.stringifySym] = this.#writeUnruled;
    insides[symbols.stringifiersSym] = writers;
    insides[namesKey] = new LineNames(writers, this.#writeUnruled, this.#holder);
    insides[symbols.formatOptsSym] = {
      stringify: format === undefined ? this.#writeUnruled : redacting("", format),
    };
  }

  /** pino's redactor writes into instances: it is given plain data, or what JSON makes of anything else. */
  #redact(name: string, value: unknown, redact: Writer): string | undefined {
    if (isPlainData(value)) return this.#write(fromJson(redact(value)), name);
    return redact(fromJson(this.#write(value, name)));
  }

  #writerOf(name: string): Writer {
    return this.#censor.hasRule(name) ? (value) => this.#write(value, name) : this.#writeUnruled;
  }

  /** JSON as pino makes it, with everything censored that may not be seen. */
  #write(value: unknown, name?: string): string | undefined {
    if (typeof value !== "object" || value === null) {
      const shown = this.#censor.judge(value, name, this.#holder.object);
      if (typeof shown === "string") return plainText.test(shown) ? `"${shown}"` : JSON.stringify(shown);
      return typeof shown === "bigint" ? String(shown) : JSON.stringify(shown);
    }
    const place = name === undefined ? undefined : { name, holder: this.#holder.object };
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

/**
 * Removes the mixin, which costs twice what the rest of a line does: `flatLine` adds its fields. The mixin stays where tracing of the app's has
 * wrapped it or pino's `asJson`, and where the stream reads the object of each line.
 * @returns whether it was removed
 */
function takesCorrelation(insides: Insides): boolean {
  const isAlone = insides[symbols.mixinSym] === correlate && insides[symbols.asJsonSym].name === "asJson";
  if (!isAlone || insides[symbols.streamSym][symbols.needsMetadataGsym] === true) return false;
  insides[symbols.mixinSym] = undefined;
  return true;
}

function fromJson(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}

function insidesOf(logger: Logger): Insides {
  return logger as unknown as Insides;
}

/** The redaction of a logger that `createLogger` made, and of its children. */
export function redactionOf(logger: object): Redaction | undefined {
  return (logger as Partial<Insides>)[redactionKey];
}

/** Not enumerable, as pino's own methods are. */
function override(logger: Logger, name: keyof Insides, value: unknown): void {
  Object.defineProperty(logger, name, { value, configurable: true, writable: true });
}
