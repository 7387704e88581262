import type { LabelRule } from "../catalogue/row.ts";
import { labelValue } from "./label-value.ts";

/**
 * The values that were admitted so far, by the labels' rule: labels of one rule share its values, so that a model that has its name in one
 * metric has it in all.
 */
export type AdmittedValues = Map<LabelRule, Set<string>>;

/** What a label value becomes that came after the cap was reached. */
export const overflowValue = "other";

/**
 * Keeps the number of a metric's series bounded: each label keeps its known values and the first new ones up to its cap; what comes later
 * is `other`.
 */
export class LabelLimiter {
  readonly #names: readonly string[];
  readonly #caps: readonly number[];
  readonly #seen: readonly Set<string>[];
  readonly #dropped: () => void;

  constructor(rules: Readonly<Record<string, LabelRule>>, dropped: () => void, admitted: AdmittedValues = new Map()) {
    this.#names = Object.keys(rules);
    const list = Object.values(rules);
    this.#caps = list.map((rule) => rule.cap);
    this.#seen = list.map((rule) => valuesOf(rule, admitted));
    this.#dropped = dropped;
  }

  /** The values in the labels' order, those over a cap replaced. For a recording, `dropped` is called at most once. */
  admit(labels: Readonly<Record<string, string>>, isRecording: boolean): string[] {
    let over = false;
    const values = this.#names.map((name, index) => {
      const given = labels[name];
      // what was admitted is text as it is to be
      if (given !== undefined && this.#seen[index]?.has(given)) return given;
      const value = labelValue(given);
      if (this.#admits(index, value)) return value;
      over = true;
      return overflowValue;
    });
    if (over && isRecording) this.#dropped();
    return values;
  }

  /** Whether one of the values is over its cap. Asked after `admit`: what could be admitted is. */
  isOver(labels: Readonly<Record<string, string>>): boolean {
    return this.#names.some((name, index) => !this.#admits(index, labelValue(labels[name])));
  }

  labelsOf(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.#names.map((name, index) => [name, values[index] ?? ""]));
  }

  #admits(index: number, value: string): boolean {
    const seen = this.#seen[index];
    if (seen === undefined || seen.has(value)) return true;
    if (value === overflowValue) return true;
    if (seen.size >= (this.#caps[index] ?? 0)) return false;
    seen.add(value);
    return true;
  }
}

function valuesOf(rule: LabelRule, admitted: AdmittedValues): Set<string> {
  const known = admitted.get(rule);
  if (known !== undefined) return known;
  const values = new Set(rule.values);
  admitted.set(rule, values);
  return values;
}
