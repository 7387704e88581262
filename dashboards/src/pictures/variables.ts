import type { BoardVariable } from "./board.ts";

/** What `$name` stands for: a text, or several values that were chosen together. */
export type Values = ReadonlyMap<string, Value>;

export interface Value {
  readonly chosen: string | readonly string[];
  /** Values of a variable that can have several are escaped for a regular expression; `allValue` and a single choice are not. */
  readonly isEscaped: boolean;
}

/** What the data source names as the values of a label. */
export type LabelValues = (label: string, series: string | undefined) => Promise<readonly string[]>;

/** What each variable is when the board is opened for the first time. */
export async function firstValues(variables: readonly BoardVariable[], labelValues: LabelValues): Promise<Values> {
  const values = new Map<string, Value>();
  for (const variable of variables) {
    if (variable.type === "adhoc") continue;
    values.set(variable.name, await firstValue(variable, labelValues, values));
  }
  return values;
}

async function firstValue(variable: BoardVariable, labelValues: LabelValues, known: Values): Promise<Value> {
  const { type, includeAll = false, allValue, multi = false } = variable;
  if (type === "datasource") return { chosen: "prometheus", isEscaped: false };
  const current = variable.current?.value;
  const isUnset = current === undefined || current.length === 0;
  if (includeAll && (isUnset || [current].flat().includes("$__all")))
    return { chosen: allValue || ".+", isEscaped: false };
  const isEscaped = multi || includeAll;
  if (!isUnset) return { chosen: current, isEscaped };
  const first = type === "query" ? await queried(variable, labelValues, known) : optionsOf(variable)[0];
  return { chosen: first ?? "", isEscaped };
}

/** The options of a custom, an interval or a text variable, the selected one first. */
function optionsOf({ options = [], query }: BoardVariable): string[] {
  const selected = options.filter((option) => option.selected);
  if (options.length > 0) return [...selected, ...options].map(({ value }) => value);
  const texts = typeof query === "string" ? query.split(",") : [];
  return texts.map((text) => (text.split(" : ").at(-1) ?? "").trim());
}

/** The first value that `label_values(…)` gives. */
async function queried({ query }: BoardVariable, labelValues: LabelValues, known: Values): Promise<string | undefined> {
  const text = typeof query === "string" ? query : (query?.query ?? "");
  const [, series, label = ""] = /^label_values\((?:(.+),\s*)?(\w+)\)$/.exec(text.trim()) ?? [];
  if (label === "") return undefined;
  return (await labelValues(label, series === undefined ? undefined : interpolated(series, known).text))[0];
}

export interface Interpolated {
  readonly text: string;
  /** Variables that nothing is known of: they are left as they were written. */
  readonly unknown: readonly string[];
}

/** A query with its variables replaced as the Prometheus data source does it: `$name`, `${name}`, `${name:format}`, `[[name]]`. */
export function interpolated(text: string, values: Values): Interpolated {
  const unknown: string[] = [];
  const pattern = /\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)(?::(\w+))?\]\]/g;
  const replaced = text.replaceAll(pattern, (whole, plain, braced, format, squared, squaredFormat) => {
    const name = plain ?? braced ?? squared;
    const value = values.get(name);
    if (value !== undefined) return formatted(value, format ?? squaredFormat);
    if (!isGroup(name)) unknown.push(name);
    return whole;
  });
  return { text: replaced, unknown };
}

/** `$1` is what `label_replace` takes over. */
const isGroup = (name: string) => /^\d+$/.test(name);

function formatted({ chosen, isEscaped }: Value, format: string | undefined): string {
  const list = [chosen].flat();
  if (format === "raw" || format === "csv" || format === "text") return list.join(",");
  if (format === "pipe") return list.join("|");
  const texts = isEscaped || format === "regex" ? list.map(escaped) : list;
  return texts.length === 1 ? texts.join("") : `(${texts.join("|")})`;
}

/** For the regular expression, and once more for the string around it. */
const escaped = (value: string) => value.replaceAll(/[\\^$*+?.()[\]{}|]/g, String.raw`\\$&`);
