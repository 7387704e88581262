import { AiwatchError, invalidArgument } from "../base/errors.ts";
import { capped, closed, type LabelRule } from "../catalogue/row.ts";
import { labelValue } from "../instruments/label-values.ts";

/** A label whose values come from outside. */
export interface LabelOptions {
  /** How many different values are kept; those that come later are `other`. @default 100 */
  readonly cap?: number;
}

/** By the label's name, the list of all its values, or how many of them are kept. A value that is not in the list is `other`. */
export type LabelDefinitions = Readonly<Record<string, readonly string[] | LabelOptions>>;

export type NoLabels = Readonly<Record<never, never>>;

/** What is recorded under: a value for each of the labels. */
export type LabelValues<Labels extends LabelDefinitions> = {
  readonly [Name in keyof Labels]: Labels[Name] extends readonly (infer Value extends string)[]
    ? Value
    : string | number;
};

/** The arguments of a call: the labels come first where the metric has any. */
export type Given<Values, Rest extends readonly unknown[]> = keyof Values extends never
  ? Rest
  : [labels: Values, ...rest: Rest];

const defaultCap = 100;
const nameLike = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
/** What the formats themselves write on the samples of histograms and summaries. */
const reserved = ["le", "quantile"];

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a label that Prometheus could not hold */
export function readLabels(metric: string, labels: unknown = {}): Readonly<Record<string, LabelRule>> {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) {
    throw invalidArgument(
      `labels of ${metric}`,
      labels,
      'an object such as { kind: ["pdf", "image"], tenant: { cap: 50 } }',
    );
  }
  return Object.fromEntries(Object.entries(labels).map(([name, given]) => [name, readLabel(metric, name, given)]));
}

function readLabel(metric: string, name: string, given: unknown): LabelRule {
  if (!nameLike.test(name) || reserved.includes(name)) {
    throw invalidArgument(
      `a label of ${metric}`,
      name,
      "letters, digits and _, no digit or __ in front, not le or quantile",
    );
  }
  const what = `the label ${name} of ${metric}`;
  if (Array.isArray(given)) return closed(...readValues(what, given));
  if (typeof given !== "object" || given === null) throw invalidArgument(what, given, "a list of values, or { cap }");
  const cap: unknown = "cap" in given ? (given.cap ?? defaultCap) : defaultCap;
  if (!Number.isSafeInteger(cap) || Number(cap) < 1)
    throw invalidArgument(`cap of ${what}`, cap, "a whole number from 1");
  return capped(Number(cap));
}

function empty(what: string): AiwatchError {
  return new AiwatchError(
    "AIWATCH_INVALID_ARGUMENT",
    `${what} is an empty list, expected at least one value, or { cap }`,
  );
}

function readValues(what: string, values: readonly unknown[]): string[] {
  if (values.length === 0) throw empty(what);
  for (const value of values) {
    if (typeof value !== "string" || value === "") throw invalidArgument(`a value of ${what}`, value, "some text");
  }
  // as they are recorded: a value that is written otherwise would never be in its own list
  return [...new Set(values.map(labelValue))].sort();
}
