import { channel } from "node:diagnostics_channel";
import { type Logger, symbols } from "pino";
import { correlationNames, correlationText } from "./correlation.ts";
import { serializeError } from "./error-serializer.ts";
import { messageText, plainText, textJson, withoutCredentials } from "./text.ts";
import type { Writer, Writers } from "./writers.ts";

/** What is read of a pino logger while it writes a line. */
interface PinoInsides {
  readonly [symbols.lsCacheSym]: Readonly<Record<number, string>>;
  readonly [symbols.chindingsSym]: string;
  readonly [symbols.serializersSym]: Readonly<Record<string, unknown>>;
  readonly [symbols.endSym]: string;
}

/** A name as it stands in a line, and how its values are written. */
interface KnownName {
  /** `,"name":` */
  readonly text: string;
  readonly write: Writer;
  readonly kind: NameKind;
}

/** A `free` name's value is judged by itself, a `ruled` one's by its name and what stands beside it; what is left is for `pino` to write. */
type NameKind = "free" | "ruled" | "pino";

/** The line that is being written: what stands beside a value. */
export interface Holder {
  object: object;
}

/** Names can come from outside: so many are kept, of those that are not longer than this. */
const maxKept = 2_000;
const maxLength = 80;

/** Names under which a line is more than its values: ours, one by which headers are known, one that an object takes for its prototype. */
const special: ReadonlySet<string> = new Set([...correlationNames, "host", "__proto__"]);

/** The names that the lines of a logger have, as its writers have them. */
export class LineNames {
  readonly holder: Holder;
  readonly #known = new Map<string, KnownName>();
  readonly #writers: Writers;
  readonly #free: Writer;
  /** Whether the app censors none of the names that each line has. */
  readonly areUsual: boolean;

  /** @param free the writer of values that no rule is for */
  constructor(writers: Writers, free: Writer, holder: Holder) {
    this.#writers = writers;
    this.#free = free;
    this.holder = holder;
    this.areUsual = [...correlationNames, "msg"].every((name) => writers[name] === free);
  }

  /** Whether the app's own paths censor what has a name. */
  isCensoredByApp(name: string): boolean {
    return Object.hasOwn(this.#writers, name);
  }

  of(name: string): KnownName {
    return this.#known.get(name) ?? this.#learn(name);
  }

  #learn(name: string): KnownName {
    const write = this.#writers[name];
    // in a merged object a number comes before all other names
    const isPinos = special.has(name) || !this.areUsual || /^\d+$/.test(name);
    const kind = isPinos ? "pino" : write === this.#free ? "free" : "ruled";
    const known: KnownName = { text: `,${JSON.stringify(name)}:`, write: write ?? this.#free, kind };
    if (name.length > maxLength) return known;
    if (this.#known.size >= maxKept) this.#known.clear();
    this.#known.set(name, known);
    return known;
  }
}

/** A message that is JSON as it stands: besides, there is no query in it. */
const plainMessage = /^[ !#-<>A-[\]-~]*$/;

const asJsonStart = channel("tracing:pino_asJson:start");
const asJsonEnd = channel("tracing:pino_asJson:end");
const asJsonError = channel("tracing:pino_asJson:error");

/** Whether something listens to pino's own channel: then pino has to make the lines. */
export function isTraced(): boolean {
  return asJsonStart.hasSubscribers || asJsonEnd.hasSubscribers || asJsonError.hasSubscribers;
}

/**
 * The usual line: a message and the fields of a plain object. It is to the byte what pino makes of the line, at a third of the cost of a mixin.
 * `undefined` for every other line, which pino writes.
 */
export function flatLine(
  logger: Logger,
  names: LineNames,
  line: object,
  message: unknown,
  level: number,
  time: string,
): string | undefined {
  if (!(message === undefined || typeof message === "string") || !names.areUsual || isTraced()) return undefined;
  const insides = logger as unknown as PinoInsides;
  const serializers = insides[symbols.serializersSym];
  if (!leavesCorrelation(serializers)) return undefined;
  try {
    const fields = fieldsJson(line, names, serializers);
    if (fields === undefined) return undefined;
    const correlation = correlationText(logger);
    if (correlation === undefined) return undefined;
    const begin = insides[symbols.lsCacheSym][level] + time + insides[symbols.chindingsSym] + correlation;
    const end = message === undefined ? insides[symbols.endSym] : messageJson(message) + insides[symbols.endSym];
    return begin + fields + end;
  } catch {
    // a getter that throws; what can be read of the line is written the long way
    return undefined;
  }
}

type Serializers = Readonly<Record<string, unknown>>;

/** `undefined` where pino has to write them. */
function fieldsJson(line: object, names: LineNames, serializers: Serializers): string | undefined {
  if (!isPlainObject(line)) return undefined;
  const kind = kindOf(line, names, serializers);
  if (kind === "pino") return undefined;
  // a copy where values stand beside each other: what a rule looks at are values, and no getters
  const fields: Readonly<Record<string, unknown>> = kind === "ruled" ? { ...line } : (line as Record<string, unknown>);
  if (kind === "ruled") names.holder.object = fields;
  let json = "";
  for (const key in fields) {
    if (!Object.hasOwn(fields, key)) continue;
    const value = serializers[key] ? serializeError(fields[key] as Error) : fields[key];
    if (value !== undefined) json += fieldJson(names.of(key), value);
  }
  return json;
}

/** By all of a line's names, before one value is read: an object is made into JSON once. */
function kindOf(line: object, names: LineNames, serializers: Serializers): NameKind {
  let kind: NameKind = "free";
  for (const key in line) {
    if (!Object.hasOwn(line, key)) continue;
    const of = isSerialized(key, serializers) ? "pino" : names.of(key).kind;
    if (of === "pino") return of;
    if (of === "ruled") kind = of;
  }
  return kind;
}

/** Our serializer of errors throws nothing. What another one throws is for the app, once. */
function isSerialized(key: string, serializers: Serializers): boolean {
  const serializer = serializers[key];
  return Boolean(serializer) && serializer !== serializeError;
}

function isPlainObject(line: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(line);
  return prototype === Object.prototype || prototype === null;
}

function fieldJson({ text, write, kind }: KnownName, value: unknown): string {
  if (kind === "free") {
    if (typeof value === "string") return plainText.test(value) ? `${text}"${value}"` : text + textJson(value);
    if (typeof value === "boolean" || Number.isFinite(value)) return text + value;
  }
  if (typeof value === "function") return "";
  const json = write(typeof value === "number" && !Number.isFinite(value) ? null : value);
  return json === undefined ? "" : text + json;
}

function messageJson(message: string): string {
  if (plainMessage.test(message)) return `,"msg":"${message}"`;
  return `,"msg":${JSON.stringify(withoutCredentials(messageText(message)))}`;
}

/** The last ones that have no name that each line has: a logger and its children share theirs. */
let usualSerializers: object | undefined;

function leavesCorrelation(serializers: Serializers): boolean {
  if (serializers === usualSerializers) return true;
  if (correlationNames.some((name) => serializers[name]) || serializers["msg"]) return false;
  usualSerializers = serializers;
  return true;
}
