import { AiwatchError, cutText } from "../base/errors.ts";
import { inventory, type SettingReading } from "../base/process-wide.ts";
import { longestTimerMs } from "../base/time.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a setting may come from: the option, then the variables in their order, then the default. */
export interface SettingSource<Value> {
  /** The option's value as the caller gave it. */
  readonly option?: Value | undefined;
  /** Environment variables, the strongest first. Empty and blank ones count as unset. */
  readonly variables: readonly string[];
  /** @default process.env */
  readonly environment?: Environment | undefined;
}

/** A value from the environment with the variable's name, for messages. */
export interface EnvironmentValue {
  readonly variable: string;
  readonly text: string;
}

/** The first of `variables` that is set to something. */
export function readVariable(
  variables: readonly string[],
  environment: Environment = process.env,
): EnvironmentValue | undefined {
  for (const variable of variables) {
    const text = environment[variable]?.trim();
    if (text !== undefined && text !== "") return { variable, text };
  }
  return undefined;
}

/**
 * A setting by option, environment, or nothing.
 * @param parse reads the variable's text; `undefined` means that it is none of the `expected` values
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` naming the variable, what it holds and what it may hold
 */
export function readSetting<Value>(
  source: SettingSource<Value>,
  parse: (text: string) => Value | undefined,
  expected: string,
): Value | undefined {
  if (source.option !== undefined) return source.option;
  const found = readVariable(source.variables, source.environment);
  return found === undefined ? undefined : parsed(found, { parse, expected });
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for a text that is none of a kind's */
function parsed<Value>(
  { variable, text }: EnvironmentValue,
  kind: Pick<SettingKind<Value>, "parse" | "expected">,
): Value {
  const value = kind.parse(text);
  if (value === undefined) throw invalidSetting(variable, text, kind.expected);
  return value;
}

/** The error for a setting that cannot be used. `value` is quoted, cut to 80 characters: pass no secret. */
export function invalidSetting(name: string, value: unknown, expected: string): AiwatchError {
  return new AiwatchError("AIWATCH_INVALID_SETTING", `${name} is ${shown(value)}, expected ${expected}`);
}

/** A value in words: texts and numbers as they are, of what may hold more than that its kind alone. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(cutText(withoutCredentials(value), 80));
  // its text is its source
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    if (!Array.isArray(value)) return "an object";
    return value.every(isScalar) ? JSON.stringify(value).slice(0, 80) : "a list";
  } catch {
    return "an object";
  }
}

/** A text without what stands in front of the `@` of its URLs. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/?#\s]*@/g, "//***@");
}

function isScalar(value: unknown): boolean {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** `true`, `1`, `yes`, `on` and their opposites, in any case. */
export function readBoolean(source: SettingSource<boolean>): boolean | undefined {
  return readSetting(source, kinds.flag.parse, kinds.flag.expected);
}

/** One of a closed list, in any case. */
export function readChoice<const Choice extends string>(
  source: SettingSource<Choice>,
  choices: readonly Choice[],
): Choice | undefined {
  const { parse, accepts, expected } = kinds.choice(...choices);
  const value = readSetting(source, parse, expected);
  if (value !== undefined && !accepts(value)) throw invalidSetting("the option", value, expected);
  return value;
}

/** What a setting may be. */
export interface SettingKind<Value> {
  /** What its variable may hold, in words, for messages and tables. */
  readonly expected: string;
  /** What its option may be, where that has other words. @default `expected` */
  readonly optionExpected?: string;
  /** @returns undefined for a text that is none of those */
  parse(text: string): Value | undefined;
  /** Whether the option may be that. */
  accepts(value: unknown): boolean;
  /** Whether diagnostics may show its texts: none of them can be a secret. @default false */
  readonly shown?: boolean;
}

/** A setting as a row: where it comes from, what it may be, and what it is where nobody says. */
export interface Setting<Value, Default extends Value | undefined = Value | undefined> {
  /** The option's name, such as `health.timeoutMs`; absent where the variable alone sets it. */
  readonly option?: string;
  /** The environment variables, the strongest first. */
  readonly variables: readonly [string, ...string[]];
  readonly kind: SettingKind<Value>;
  /** What it is where neither the option nor a variable says; undefined for none, and for what is found out at run time. */
  readonly default: Default;
}

/**
 * Declares a setting.
 * @example
 * const timeoutMs = setting({ option: "timeoutMs", variables: ["MY_TIMEOUT_MS"], kind: kinds.timeout, default: 2000 });
 */
export function setting<Value, const Default extends Value | undefined>(
  row: Setting<Value, Default>,
): Setting<Value, Default> {
  return row;
}

/**
 * The value of a setting: the option, else the first of its variables that is set, else the default.
 * @param option the option's value as the caller gave it
 * @param environment @default process.env
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` that names the option or the variable, what it holds and what it may hold
 * @example const timeoutMs = readRow(settings.timeoutMs, options.timeoutMs);
 */
export function readRow<Value, Default extends Value | undefined>(
  row: Setting<Value, Default>,
  option?: Value,
  environment?: Environment,
): Value | Default {
  const { option: name, variables, kind, default: otherwise } = row;
  if (option !== undefined && !kind.accepts(option))
    throw invalidSetting(`the option ${name}`, option, kind.optionExpected ?? kind.expected);
  const found = option === undefined ? readVariable(variables, environment) : undefined;
  const value = found === undefined ? (option ?? otherwise) : parsed(found, kind);
  noteReading(row, option === undefined ? (found?.variable ?? "default") : "option", value);
  return value;
}

/** Readings of one setting that are kept where they differ: instances, doors and loggers may have options of their own. */
const mostReadings = 5;

/**
 * Notes what a setting was read as, for diagnostics: for what is read without `readRow`. Never throws.
 * @param from `option`, `default`, or the variable's name
 * @param shown the value without secrets. @default the value itself where the row's kind is `shown`
 * @example noteReading(settings.endpoint, "option", text, new URL(text).origin);
 */
export function noteReading<Value>(row: Setting<Value>, from: string, value: Value | undefined, shown?: string): void {
  const reading = shown === undefined ? readingOf(row, from, value) : { from, value: cutText(shown, 200) };
  const { readings } = inventory();
  const others = (readings.get(row) ?? []).filter((other) => JSON.stringify(other) !== JSON.stringify(reading));
  readings.set(row, [...others, reading].slice(-mostReadings));
}

function readingOf<Value>({ kind }: Setting<Value>, from: string, value: Value | undefined): SettingReading {
  if (value === undefined) return { from };
  if (typeof value === "number" || typeof value === "boolean") return { from, value };
  return kind.shown === true ? { from, value: cutText(value, 200) } : { from, hidden: true };
}

/**
 * Names the rows of a package, for diagnostics.
 * @param version the package's own, where it knows it
 * @returns the rows
 * @example export const settings = declareSettings("@my/adapter", { timeoutMs: setting({ … }) });
 */
export function declareSettings<Rows extends Readonly<Record<string, object>>>(
  name: string,
  rows: Rows,
  version?: string,
): Rows {
  inventory().packages.push({ name, rows, ...(version !== undefined && { version }) });
  return rows;
}

/** The numbers from `min` to `max`. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** In words, for messages. */
  readonly expected: string;
}

export const ranges = {
  /** A time after which something happens. */
  timeout: { min: 1, max: longestTimerMs, expected: "milliseconds, at least 1" },
  /** A time that may be none. */
  wait: { min: 0, max: longestTimerMs, expected: "milliseconds, 0 or more" },
  bytes: { min: 1, max: Number.MAX_SAFE_INTEGER, expected: "bytes, at least 1" },
} as const satisfies Record<string, NumberRange>;

export function isWithin(value: unknown, { min, max }: NumberRange): value is number {
  return typeof value === "number" && value >= min && value <= max;
}

function numberIn(range: NumberRange): SettingKind<number> {
  return numberThat((value) => isWithin(value, range), range.expected);
}

function numberThat(accepts: (value: unknown) => boolean, expected: string): SettingKind<number> {
  const parse = (text: string) => (accepts(Number(text)) ? Number(text) : undefined);
  return { expected, parse, accepts };
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["on", true],
  ["false", false],
  ["0", false],
  ["no", false],
  ["off", false],
]);

/** The kinds of settings: write one of your own where none fits. */
export const kinds = {
  timeout: numberIn(ranges.timeout),
  wait: numberIn(ranges.wait),
  bytes: numberIn(ranges.bytes),
  /** Milliseconds that a figure may take. */
  objective: numberThat(
    (value) => typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY,
    "milliseconds above 0",
  ),
  /** A part of a whole. */
  ratio: numberThat((value) => typeof value === "number" && value > 0 && value <= 1, "a ratio above 0, at most 1"),
  count: numberThat((value) => Number.isSafeInteger(value) && (value as number) > 0, "a whole number above 0"),
  /** `true`, `1`, `yes`, `on` and their opposites, in any case. */
  flag: {
    expected: "true or false",
    parse: (text) => truths.get(text.toLowerCase()),
    accepts: (value) => typeof value === "boolean",
  } as SettingKind<boolean>,
  /** Any text. @param expected what it is, in words */
  text: (expected: string): SettingKind<string> => ({
    expected,
    parse: (text) => text,
    accepts: (value) => typeof value === "string",
  }),
  /** Any text that is no secret, such as a name. @param expected what it is, in words */
  shownText: (expected: string): SettingKind<string> => ({ ...kinds.text(expected), shown: true }),
  /** One of a closed list, in any case. */
  choice<const Choice extends string>(...choices: readonly Choice[]): SettingKind<Choice> {
    return {
      expected: `one of ${choices.join(", ")}`,
      parse: (text) => choices.find((choice) => choice === text.toLowerCase()),
      accepts: (value) => choices.includes(value as Choice),
      shown: true,
    };
  },
  /** Some of a closed list, with commas, in any case. */
  list<const Choice extends string>(...choices: readonly Choice[]): SettingKind<readonly Choice[]> {
    return {
      expected: `a list of ${choices.join(", ")}, with commas`,
      parse(text) {
        const words = text.toLowerCase().split(",");
        const chosen = words.map((word) => choices.find((choice) => choice.toLowerCase() === word.trim()));
        return chosen.every((choice) => choice !== undefined) ? chosen : undefined;
      },
      accepts: (value) => Array.isArray(value) && value.every((choice) => choices.includes(choice)),
      shown: true,
    };
  },
};
