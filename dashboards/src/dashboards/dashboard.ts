import { type Catalogue, type CatalogueRow, catalogue } from "@aiwatch/core";
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  type RowPanel,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { datasource, type PanelBuilder } from "../panels/panel.ts";

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

/** Panels under one heading, in reading order; their widths fill lines of 24 columns. */
export interface Row {
  readonly title: string;
  readonly panels: readonly PanelBuilder[];
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly variables: ReturnType<typeof variables>;
  readonly rows: readonly Row[];
}

const familyTag = "aiwatch";

/** The way to the sibling dashboards, in the same scope and time. */
const siblings = () =>
  new DashboardLinkBuilder("AIWatch")
    .type(DashboardLinkType.Dashboards)
    .tags([familyTag])
    .includeVars(true)
    .keepTime(true);

/** Grafana's own list, which a dashboard has to name: alerts and what people noted. */
const annotations = () =>
  new AnnotationQueryBuilder()
    .name("Annotations & Alerts")
    .type("dashboard")
    .datasource({ type: "grafana", uid: "-- Grafana --" })
    .builtIn(1)
    .enable(true)
    .hide(true)
    .iconColor("rgba(0, 211, 255, 1)");

/** What the SDK leaves to us: Grafana finds a panel by its id, and what is placed in the controls' menu is not seen. */
function finished(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map((panel: Panel | RowPanel, index) => ({ ...panel, id: index + 1 }));
  const links = (dashboard.links ?? []).map(({ placement: _, ...link }) => link);
  const list = (dashboard.annotations?.list ?? []).map(({ placement: _, ...annotation }) => annotation);
  return { ...dashboard, annotations: { list }, panels, links };
}

export function dashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([familyTag, ...spec.tags])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: "now-1h", to: "now" })
    .refresh("10s")
    .variables(spec.variables)
    .annotations([annotations()])
    .links([siblings()]);
  for (const { title, panels } of spec.rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  return finished(builder.build());
}
