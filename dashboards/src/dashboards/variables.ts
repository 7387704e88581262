import { type Catalogue, type CatalogueRow, catalogue } from "@aiwatch/core";
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { datasource } from "../panels/query.ts";

type RowWithModel = {
  [Key in keyof Catalogue]: "model" extends keyof Catalogue[Key]["labels"] ? Catalogue[Key] : never;
}[keyof Catalogue];

/** Every app has this gauge from its start, traffic or not: it tells which jobs and instances there are. */
const presence: CatalogueRow = catalogue.activeRequests;

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

/** The dashboard's variables. `models` is the row whose series name the models that there are. */
export function variables(models: RowWithModel) {
  const inJob = `job=~"$job"`;
  return [
    new DatasourceVariableBuilder("datasource").label("Data Source").type("prometheus"),
    labelVariable("job", "Job", `label_values(${presence.name}, job)`),
    labelVariable("instance", "Instance", `label_values(${presence.name}{${inJob}}, instance)`),
    labelVariable("model", "Model", `label_values(${models.name}{${inJob}, instance=~"$instance"}, model)`),
  ];
}
