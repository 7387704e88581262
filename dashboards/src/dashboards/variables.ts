import { type Catalogue, type CatalogueRow, catalogue, type HistogramRow } from "@aiwatch/core";
import {
  AdHocVariableBuilder,
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { tracesVariable } from "../panels/links.ts";
import { datasource } from "../panels/queries.ts";
import { bucketBound } from "../promql/bucket-bound.ts";
import type { Surrounding } from "../promql/select.ts";
import { type RecordedSeries, recorded } from "../rules/recorded.ts";

export type RowWithModel = {
  [Key in keyof Catalogue]: "model" extends keyof Catalogue[Key]["labels"] ? Catalogue[Key] : never;
}[keyof Catalogue];

/** Every app has this gauge from its start, traffic or not: it tells which jobs and instances there are. */
const presence: CatalogueRow = catalogue.activeRequests;

/** What is counted of it stands for it in a store that has no process's own series. */
const presenceAnywhere = `__name__=~"${presence.name}|${recorded.processes.name}"`;

const all = { selected: true, text: ["All"], value: ["$__all"] };

/** A list of one label's values, several of which can be chosen; `All` is any value, so that a new one is in at once. */
function labelVariable(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current(all);
}

/** The same of a label that few setups have: `All` is series without it, too. */
const surroundingVariable = (name: Surrounding, label: string, matchers: string) =>
  labelVariable(name, label, `label_values({${matchers}}, ${name})`).allValue(".*");

interface BoundVariableSpec {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** The histogram whose buckets end at the values: between two bounds, nobody knows how many there are. */
  readonly row: HistogramRow;
  readonly values: readonly number[];
  readonly chosen: number;
}

/** A choice among a histogram's bounds. Throws for a value that is none. */
export function boundVariable({
  name,
  label,
  description,
  row,
  values,
  chosen,
}: BoundVariableSpec): CustomVariableBuilder {
  for (const value of [...values, chosen]) bucketBound(row, value);
  const options = values.map((value) => ({
    text: `${value} s`,
    value: String(value),
    selected: value === chosen,
  }));
  return new CustomVariableBuilder(name)
    .label(label)
    .description(description)
    .values(options.map(({ text, value }) => `${text} : ${value}`).join(", "))
    .options(options)
    .current({ text: `${chosen} s`, value: String(chosen), selected: true })
    .multi(false)
    .includeAll(false);
}

const firstTokenSlo = () =>
  boundVariable({
    name: "ttft_slo",
    label: "First token within",
    description: "What a reader may wait for the first token, from the arrival: tiles are red above it.",
    row: catalogue.requestFirstToken,
    values: [0.25, 0.5, 1, 2, 5, 10, 20, 40],
    chosen: 2,
  });

const tokenSlo = () =>
  boundVariable({
    name: "tpot_slo",
    label: "Per token",
    description: "What an output token may take after the first: tiles are red above it.",
    row: catalogue.timePerOutputToken,
    values: [0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5],
    chosen: 0.1,
  });

/** Any label more, such as a region or a team: Grafana adds what is chosen to every query. */
const filters = () => new AdHocVariableBuilder("filters").label("Filters").datasource(datasource);

/** The only address in a dashboard: AIWatch's Compose stack has Jaeger there. */
const traces = () =>
  new TextBoxVariableBuilder(tracesVariable)
    .label("Jaeger")
    .description("Where Jaeger's pages are, for the links from latencies to traces.")
    .defaultValue("http://localhost:16686")
    .current({ text: "http://localhost:16686", value: "http://localhost:16686", selected: true });

/**
 * Which models there are. What rules record of models has no instance, and is there whichever are chosen: a board of such series names its models in a
 * store that has nothing else, and all models of a job where one process is chosen.
 */
function modelsQuery({ name }: RowWithModel, inJob: string, recordedModels?: RecordedSeries<"job" | "model">): string {
  if (recordedModels === undefined) return `label_values(${name}{${inJob}, instance=~"$instance"}, model)`;
  return `label_values({__name__=~"${name}|${recordedModels.name}", ${inJob}, instance=~"$instance|"}, model)`;
}

/**
 * The dashboard's variables.
 *
 * @param models the row whose series name the models that there are
 * @param recordedModels the same of a board that reads what rules record
 */
export function variables(models: RowWithModel, recordedModels?: RecordedSeries<"job" | "model">) {
  const inNamespace = `cluster=~"$cluster", namespace=~"$namespace"`;
  const inJob = `${inNamespace}, job=~"$job"`;
  return [
    new DatasourceVariableBuilder("datasource").label("Data Source").type("prometheus"),
    surroundingVariable("cluster", "Cluster", presenceAnywhere),
    surroundingVariable("namespace", "Namespace", `${presenceAnywhere}, cluster=~"$cluster"`),
    labelVariable("job", "Job", `label_values({${presenceAnywhere}, ${inNamespace}}, job)`),
    labelVariable("instance", "Instance", `label_values(${presence.name}{${inJob}}, instance)`),
    labelVariable("model", "Model", modelsQuery(models, inJob, recordedModels)),
    firstTokenSlo(),
    tokenSlo(),
    filters(),
    traces(),
  ];
}
