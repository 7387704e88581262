import { createHash } from "node:crypto";
import { cutText } from "../base/errors.ts";
import type { JointCap, LabelRule } from "../catalogue/row.ts";

/** Longer ones are cut: a model's file, a tool's name or an app's route may hold whatever somebody put there. */
const maxCharacters = 256;
const digestCharacters = 8;

/**
 * What a metric knows a value by: text as UTF-8 can write it, since two that are written alike would be one series twice. A long one is cut,
 * and ends in a digest of the whole: two with the same beginning stay two.
 */
export function labelValue(given: unknown): string {
  const text = String(given ?? "").toWellFormed();
  return text.length <= maxCharacters ? text : shortOf(text);
}

/** What long texts were cut to: a digest costs more than all else that an inference does to the metrics. */
const cut = new Map<string, string>();
const keptCuts = 100;
/** Longer ones are no names, and are not held. */
const longestKept = 4096;

function shortOf(text: string): string {
  const known = cut.get(text);
  if (known !== undefined) return known;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, digestCharacters);
  const short = `${cutText(text, maxCharacters - digestCharacters - 1)}~${digest}`;
  if (text.length > longestKept) return short;
  if (cut.size >= keptCuts) cut.clear();
  cut.set(text, short);
  return short;
}

/** A key that no other texts have, if they are as many: each but the last comes with its length, since any character may be in one. */
export function keyOfTexts(texts: readonly string[]): string {
  const last = texts.length - 1;
  let key = "";
  for (let index = 0; index < last; index += 1) {
    const text = texts[index] ?? "";
    key += `${text.length}:${text}`;
  }
  return key + (texts[last] ?? "");
}

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
  readonly #combinations: Combinations | undefined;

  constructor(
    rules: Readonly<Record<string, LabelRule>>,
    dropped: () => void,
    admitted: AdmittedValues = new Map(),
    together?: JointCap,
  ) {
    this.#combinations = together && new Combinations(Object.keys(rules).indexOf(together.label), together.cap);
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
    if (this.#combinations?.bound(values) === true) over = true;
    if (over && isRecording) this.#dropped();
    return values;
  }

  /** The value of the only label, as `admit` has it when nothing is recorded: nothing is made for one that is known. */
  admitOne(given: string): string {
    if (this.#seen[0]?.has(given) === true) return given;
    const value = labelValue(given);
    return this.#admits(0, value) ? value : overflowValue;
  }

  /** Admits values that are known: no cap keeps them out. Those that come from outside have as many places less. */
  know(labels: Readonly<Record<string, string>>): void {
    this.#names.forEach((name, index) => void this.#seen[index]?.add(labelValue(labels[name])));
  }

  /** Whether one of the values is over its cap, or all together are. Asked after `admit`: what could be admitted is. */
  isOver(labels: Readonly<Record<string, string>>): boolean {
    const values = this.#names.map((name) => labelValue(labels[name]));
    return values.some((value, index) => !this.#admits(index, value)) || this.#combinations?.bound(values) === true;
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

/** The combinations of values that were admitted so far: within the labels' caps they may be many more than any label has values. */
class Combinations {
  readonly #index: number;
  readonly #cap: number;
  readonly #seen = new Set<string>();

  /** @param index of the label whose value becomes `other` */
  constructor(index: number, cap: number) {
    this.#index = index;
    this.#cap = cap;
  }

  /** Puts `other` into values that are a combination over the cap. @returns whether they were */
  bound(values: string[]): boolean {
    if (values[this.#index] === overflowValue) return false;
    const key = keyOfTexts(values);
    if (this.#seen.has(key)) return false;
    if (this.#seen.size >= this.#cap) {
      values[this.#index] = overflowValue;
      return true;
    }
    this.#seen.add(key);
    return false;
  }
}

function valuesOf(rule: LabelRule, admitted: AdmittedValues): Set<string> {
  const known = admitted.get(rule);
  if (known !== undefined) return known;
  const values = new Set(rule.values);
  admitted.set(rule, values);
  return values;
}
