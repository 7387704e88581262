import type { GrafanaDashboard, GrafanaPanel, GrafanaTarget } from "../grafana-json.ts";

/** A rule of dashboard-linter, under its name. It returns what it finds, nothing when the dashboard is right. */
export interface Rule {
  readonly name: string;
  readonly findings: (dashboard: GrafanaDashboard) => string[];
}

/** A rule about each panel that shows data. */
export const panelRule = (name: string, wrong: (panel: GrafanaPanel) => boolean): Rule => ({
  name,
  findings: ({ panels }) =>
    panels.filter(({ type }) => type !== "row").flatMap((panel) => (wrong(panel) ? [`${name}: ${panel.title}`] : [])),
});

/** A rule about each query. */
export const targetRule = (name: string, wrong: (target: GrafanaTarget) => boolean): Rule => ({
  name,
  findings: ({ panels }) =>
    panels.flatMap(({ title, targets = [] }) =>
      targets.flatMap((target) => (wrong(target) ? [`${name}: ${title} ${target.refId}: ${target.expr}`] : [])),
    ),
});
