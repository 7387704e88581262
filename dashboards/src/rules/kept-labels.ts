import { parser } from "@prometheus-io/lezer-promql";

/** Whose a figure is. Where PromQL groups or matches by it, the kept labels say together with it which job is meant. */
const owner = "job";

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * An expression of the rules that keeps labels beside `job`, in every `by (…)` and `on (…)` that has it. All rules are written for plain setups, and none
 * of them has to know about the labels of others.
 *
 * @example
 * keepLabels("sum by (job) (up) == 0", ["namespace"]); // sum by (namespace, job) (up) == 0
 */
export function keepLabels(expression: string, kept: readonly string[]): string {
  if (kept.length === 0) return expression;
  const insertions: Insertion[] = [];
  parser.parse(expression).iterate({
    enter: ({ name, from, to }) => {
      if (name !== "LabelName" || expression.slice(from, to) !== owner) return;
      insertions.push({ at: from, text: `${kept.join(", ")}, ` });
    },
  });
  return insertions
    .toReversed()
    .reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), expression);
}

/** A template of an alert that calls a job by its kept labels, too: `eu/prod/chat`. A query in it asks for that job alone. */
export function nameKept(template: string, kept: readonly string[]): string {
  const before = kept.map((label) => `{{ with $labels.${label} }}{{ . }}/{{ end }}`).join("");
  const matchers = kept.map((label) => `${label}=%q, `).join("");
  const values = kept.map((label) => `$labels.${label} `).join("");
  return template
    .replaceAll(`{{ $labels.${owner} }}`, `${before}{{ $labels.${owner} }}`)
    .replaceAll(`${owner}=%q`, `${matchers}${owner}=%q`)
    .replaceAll(`" $labels.${owner}`, `" ${values}$labels.${owner}`);
}
