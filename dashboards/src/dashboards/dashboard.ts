import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type RowPanel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { modelTableId } from "../panels/links.ts";
import type { PanelBuilder } from "../panels/panel.ts";
import { toSchema39 } from "../schema/to-schema-39.ts";
import { annotations } from "./annotations.ts";
import type { variables } from "./variables.ts";

/** Panels under one heading, in reading order; their widths fill lines of 24 columns. */
export interface Row {
  readonly title: string;
  readonly panels: readonly PanelBuilder[];
  /** Its panels ask nothing until somebody opens it: for what is empty or the same for most. @default false */
  readonly collapsed?: boolean;
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

type Placed = Panel | RowPanel;

/** Without what the SDK writes into each panel and Grafana takes for granted: a board has to fit into a ConfigMap. */
function withoutDefaults<One extends Placed>(panel: One): One {
  const kept: Partial<Panel> = { ...panel };
  if (kept.transparent === false) delete kept.transparent;
  if (kept.repeat === undefined) delete kept.repeatDirection;
  return kept as One;
}

/** Grafana finds a panel by its id, which the SDK leaves to us. One that a link names has an id of its own. */
function numbered(panels: readonly Placed[]): Placed[] {
  let id = 0;
  const next = <One extends Placed>(panel: One): One => {
    id += 1;
    const own = { ...withoutDefaults(panel), id: panel.id === modelTableId ? modelTableId : id };
    return "panels" in own ? { ...own, panels: (own.panels as Panel[]).map(next) } : own;
  };
  return panels.map(next);
}

const moved = <One extends Placed>(panel: One, up: number): One =>
  panel.gridPos === undefined ? panel : { ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y - up } };
const endOf = ({ gridPos }: Placed) => (gridPos === undefined ? 0 : gridPos.y + gridPos.h);

/** The SDK leaves room for the panels of a collapsed row. What follows moves up to it, as Grafana saves it. */
function closedUp(panels: readonly Placed[]): Placed[] {
  let up = 0;
  return panels.map((panel) => {
    const here = moved(panel, up);
    if (!("panels" in here) || here.panels.length === 0) return here;
    const inside = here.panels.map((inner) => moved(inner, up));
    up += Math.max(...inside.map(endOf)) - endOf(here);
    return { ...here, panels: inside };
  });
}

function add(builder: DashboardBuilder, { title, panels, collapsed = false }: Row): void {
  const row = new RowBuilder(title);
  if (collapsed) for (const panel of panels) row.withPanel(panel);
  builder.withRow(row);
  if (!collapsed) for (const panel of panels) builder.withPanel(panel);
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
    .annotations(annotations())
    .links([siblings()]);
  for (const row of spec.rows) add(builder, row);
  const built = builder.build();
  return toSchema39({ ...built, panels: numbered(closedUp(built.panels ?? [])) });
}
