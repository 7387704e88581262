import { knownSeries } from "./series-names.ts";

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

/** The metrics and labels of an expression that no app instrumented with AIWatch has. */
export function unknownNames(expression: string): string[] {
  const promql = withoutStrings(expression);
  const metrics = metricsIn(promql).flatMap((name) => (knownSeries.has(name) ? [] : [name]));
  const matched = [...promql.matchAll(selectors)].flatMap(([, name = "", inside = ""]) => {
    const labels = knownSeries.get(name) ?? [];
    return words(inside).filter((label) => !labels.includes(label));
  });
  const available = new Set(metricsIn(promql).flatMap((name) => knownSeries.get(name) ?? []));
  const grouped = [...promql.matchAll(groupings)].flatMap(([, list = ""]) =>
    words(list).filter((label) => !available.has(label)),
  );
  return [...new Set([...metrics, ...matched, ...grouped])];
}
