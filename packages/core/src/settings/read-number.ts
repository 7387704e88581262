import { longestTimerMs } from "../base/timers.ts";
import { type Environment, invalidSetting, readSetting } from "./settings.ts";

/** A number that may be set, and what it may be. */
export interface NumberSetting {
  /** The option's value as the caller gave it. */
  readonly option: number | undefined;
  /** The option's name, for messages, such as `health.timeoutMs`. */
  readonly name: string;
  readonly variable: string;
  readonly range: NumberRange;
  /** @default process.env */
  readonly environment?: Environment | undefined;
}

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

/**
 * A number by option and environment.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for what is out of its range
 */
export function readNumber({ option, name, variable, range, environment }: NumberSetting): number | undefined {
  if (option !== undefined && !isWithin(option, range))
    throw invalidSetting(`the option ${name}`, option, range.expected);
  const parse = (text: string) => {
    const value = Number(text);
    return isWithin(value, range) ? value : undefined;
  };
  return readSetting({ option, variables: [variable], environment }, parse, range.expected);
}

export function isWithin(value: unknown, { min, max }: NumberRange): value is number {
  return typeof value === "number" && value >= min && value <= max;
}
