import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type RowPanel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelBuilder } from "../panels/spec.ts";
import type { variables } from "./variables.ts";

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
