import { type CatalogueRow, catalogue } from "@aiwatch/core";
import { outsideRows } from "../promql/outside-series.ts";
import { scraped, targetLabelsOf, withSurroundings } from "../promql/select.ts";
import { recordedSeries } from "../rules/recorded.ts";

/** The names under which Prometheus has a row, each with the labels that its series carry. */
function seriesOf(row: CatalogueRow): [name: string, labels: readonly string[]][] {
  const labels = [...Object.keys(row.labels), ...targetLabelsOf(row)];
  if (row.type !== "histogram") return [[row.name, labels]];
  return [
    [`${row.name}_bucket`, [...labels, "le"]],
    [`${row.name}_sum`, labels],
    [`${row.name}_count`, labels],
  ];
}

/** Every series that a Prometheus with the rules has of AIWatch's apps, by name, with its labels. */
export const knownSeries: ReadonlyMap<string, readonly string[]> = new Map([
  ...[...Object.values<CatalogueRow>(catalogue), ...outsideRows].flatMap(seriesOf),
  ...recordedSeries.map(({ name, labels }) => [name, labels] as const),
]);

const withoutStrings = (promql: string) => promql.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');

/** `by (le, model)` and its kin: the labels that an expression names outside of its selectors. */
const groupings = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const selectors = /([A-Za-z_:][\w:]*)?\s*\{([^}]*)\}/g;
const operators = new Set(["and", "or", "unless", "bool", "offset", "inf", "nan", "Inf", "NaN"]);

const words = (list: string) => list.match(/[A-Za-z_]\w*/g) ?? [];

/** The metrics that an expression reads: its names that are neither functions, nor labels, nor operators. */
function metricsIn(promql: string): string[] {
  const bare = promql.replaceAll(groupings, " ").replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, " ");
  const names = bare.match(/(?<![\w$.])[A-Za-z_:][\w:]*\b(?!\s*\()/g) ?? [];
  return names.filter((name) => !operators.has(name));
}

/** What is known of a metric that a reader chooses among the app's own, by a matcher of `__name__`: the labels of the scrape and of a bucket. */
const ofChosenNames = ["__name__", ...scraped, "le"];

const labelsOf = (name: string, matchers = ""): readonly string[] =>
  withSurroundings(knownSeries.get(name) ?? (name === "" && /\b__name__\b/.test(matchers) ? ofChosenNames : []));

/** Labels that an expression makes of values. */
const madeBy = (expression: string) =>
  [...expression.matchAll(/\bcount_values\s*\(\s*"(\w+)"/g)].map(([, label = ""]) => label);

/** The metrics and labels of an expression that a Prometheus has of no app with AIWatch. */
export function unknownNames(expression: string): string[] {
  const promql = withoutStrings(expression);
  const metrics = metricsIn(promql).flatMap((name) => (knownSeries.has(name) ? [] : [name]));
  const matched = [...promql.matchAll(selectors)].flatMap(([, name = "", inside = ""]) => {
    const labels = labelsOf(name, inside);
    return words(inside).filter((label) => !labels.includes(label));
  });
  const ofNames = metricsIn(promql).flatMap((name) => labelsOf(name));
  const ofMatchers = [...promql.matchAll(selectors)].flatMap(([, name = "", inside = ""]) => labelsOf(name, inside));
  const available = new Set([...ofNames, ...ofMatchers, ...madeBy(expression)]);
  const grouped = [...promql.matchAll(groupings)].flatMap(([, list = ""]) =>
    words(list).filter((label) => !available.has(label)),
  );
  return [...new Set([...metrics, ...matched, ...grouped])];
}

/** The same for a variable's `label_values(selector, label)`, whose selector may name one metric or several. */
export function unknownNamesInVariable(query: string): string[] {
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  if (selector === undefined || label === undefined) return [query];
  const names = /__name__=~"([\w:|]+)"/.exec(selector)?.[1]?.split("|") ?? [];
  const labels = names.flatMap((name) => labelsOf(name));
  const unknown = unknownNames(`sum by (${label}) (${selector})`).filter((name) => !labels.includes(name));
  return [...names.filter((name) => !knownSeries.has(name)), ...unknown];
}
