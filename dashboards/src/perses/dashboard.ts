import { persesPanel } from "./panel.ts";
import type { SourceDashboard, SourcePanel } from "./source.ts";
import { persesVariable } from "./variables.ts";

/** The project that the dashboards are in, unless `percli apply --project` names another. */
export const project = "aiwatch";

interface Row {
  readonly title?: string;
  readonly collapsed: boolean;
  readonly panels: readonly SourcePanel[];
}

/** Grafana's rows lie between the panels; what comes before the first one has no title. */
function rowsOf(panels: readonly SourcePanel[]): Row[] {
  const rows: { title?: string; collapsed: boolean; panels: SourcePanel[] }[] = [];
  for (const panel of panels) {
    if (panel.type === "row")
      rows.push({ title: panel.title, collapsed: panel.collapsed === true, panels: [...(panel.panels ?? [])] });
    else if (rows.length === 0) rows.push({ collapsed: false, panels: [panel] });
    else rows.at(-1)?.panels.push(panel);
  }
  return rows.filter(({ panels: held }) => held.length > 0);
}

const keyOf = ({ id }: SourcePanel) => `panel-${id}`;

/** Both grids are 24 columns wide. In Perses, each row counts its lines from its own top. */
function layoutOf({ title, collapsed, panels }: Row): object {
  const top = Math.min(...panels.map(({ gridPos }) => gridPos.y));
  const items = panels.map((panel) => {
    const { x, y, w, h } = panel.gridPos;
    return { x, y: y - top, width: w, height: h, content: { $ref: `#/spec/panels/${keyOf(panel)}` } };
  });
  const display = title === undefined ? {} : { display: { title, collapse: { open: !collapsed } } };
  return { kind: "Grid", spec: { ...display, items } };
}

/** A Grafana dashboard as one of Perses. Throws where it has something that is known for neither. */
export function persesDashboard(source: SourceDashboard): object {
  const { uid, title, description, tags, templating, refresh, time } = source;
  const rows = rowsOf(source.panels);
  const panels = rows.flatMap((row) => row.panels.map((panel) => [keyOf(panel), persesPanel(panel)] as const));
  return {
    kind: "Dashboard",
    metadata: { name: uid, project, tags },
    spec: {
      display: { name: title, ...(description !== undefined && { description }) },
      duration: time.from.replace("now-", ""),
      ...(refresh !== undefined && { refreshInterval: refresh }),
      variables: templating.list.flatMap(persesVariable),
      panels: Object.fromEntries(panels),
      layouts: rows.map(layoutOf),
    },
  };
}
