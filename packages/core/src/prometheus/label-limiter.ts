import type { LabelRule } from "../catalogue/row.ts";

export type Labels<Name extends string = string> = Readonly<Record<Name, string>>;

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

  constructor(rules: Readonly<Record<string, LabelRule>>, dropped: () => void) {
    this.#names = Object.keys(rules);
    const list = Object.values(rules);
    this.#caps = list.map((rule) => rule.cap);
    this.#seen = list.map((rule) => new Set(rule.values));
    this.#dropped = dropped;
  }

  /** The values in the labels' order, those over a cap replaced. `dropped` is called at most once. */
  admit(labels: Readonly<Record<string, string>>): string[] {
    let over = false;
    const values = this.#names.map((name, index) => {
      const value = String(labels[name] ?? "");
      if (this.#admits(index, value)) return value;
      over = true;
      return overflowValue;
    });
    if (over) this.#dropped();
    return values;
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
