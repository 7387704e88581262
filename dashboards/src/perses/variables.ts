import type { GrafanaVariable } from "../grafana-json.ts";

const labelValues = /^label_values\((?:(.+), )?(\w+)\)$/s;

function fromSeries({ name, query }: GrafanaVariable): object {
  const [, selector, labelName] = labelValues.exec(query) ?? [];
  if (labelName === undefined) throw new Error(`variable ${name}: no label can be read from "${query}"`);
  const matchers = selector === undefined ? {} : { matchers: [selector] };
  return { kind: "PrometheusLabelValuesVariable", spec: { labelName, ...matchers } };
}

interface Chosen {
  readonly current?: { readonly value?: unknown };
  readonly options?: readonly { readonly text: unknown; readonly value: unknown }[];
  readonly description?: string;
}

const displayOf = ({ label, description }: GrafanaVariable & Chosen) => ({
  name: label,
  ...(description !== undefined && { description }),
});

function list(variable: GrafanaVariable & Chosen, plugin: object): object {
  const { name, multi, includeAll, allValue, current } = variable;
  return {
    kind: "ListVariable",
    spec: {
      name,
      display: displayOf(variable),
      allowAllValue: includeAll,
      allowMultiple: multi,
      ...(includeAll && { defaultValue: multi ? ["$__all"] : "$__all" }),
      ...(includeAll && allValue !== undefined && { customAllValue: allValue }),
      ...(!includeAll && typeof current?.value === "string" && { defaultValue: current.value }),
      sort: variable.type === "query" ? "alphabetical-asc" : "none",
      plugin,
    },
  };
}

/**
 * A Grafana variable as Perses': none for the data source, since a query without one asks the project's default, nor for filters of any label,
 * which Perses does not have.
 */
export function persesVariable(variable: GrafanaVariable & Chosen): object[] {
  const { name, type, query, options = [] } = variable;
  const values = options.map(({ text, value }) => ({ value: String(value), label: String(text) }));
  switch (type) {
    case "query":
      return [list(variable, fromSeries(variable))];
    case "custom":
      return [list(variable, { kind: "StaticListVariable", spec: { values } })];
    case "textbox":
      return [{ kind: "TextVariable", spec: { name, display: displayOf(variable), value: query } }];
    case "datasource":
    case "adhoc":
      return [];
    default:
      throw new Error(`variable ${name}: nothing of Perses is known for "${type}": add it to perses/variables.ts`);
  }
}
