import { AiwatchError, cutText } from "../base/errors.ts";

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
  if (found === undefined) return undefined;
  const value = parse(found.text);
  if (value === undefined) throw invalidSetting(found.variable, found.text, expected);
  return value;
}

/** The error for a setting that cannot be used. `value` is quoted, cut to 80 characters: pass no secret. */
export function invalidSetting(name: string, value: unknown, expected: string): AiwatchError {
  return new AiwatchError("AIWATCH_INVALID_SETTING", `${name} is ${shown(value)}, expected ${expected}`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(cutText(value, 80));
  // JSON has no word for NaN, and throws at a BigInt
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value).slice(0, 80);
  } catch {
    return "an object";
  }
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

/** `true`, `1`, `yes`, `on` and their opposites, in any case. */
export function readBoolean(source: SettingSource<boolean>): boolean | undefined {
  return readSetting(source, (text) => truths.get(text.toLowerCase()), "true or false");
}

/** One of a closed list, in any case. */
export function readChoice<const Choice extends string>(
  source: SettingSource<Choice>,
  choices: readonly Choice[],
): Choice | undefined {
  const parse = (text: string) => choices.find((choice) => choice === text.toLowerCase());
  const value = readSetting(source, parse, `one of ${choices.join(", ")}`);
  if (value !== undefined && !choices.includes(value)) {
    throw invalidSetting("the option", value, `one of ${choices.join(", ")}`);
  }
  return value;
}
