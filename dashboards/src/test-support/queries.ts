import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allPanels, folder, type GrafanaDashboard } from "../grafana-json.ts";
import { substitute, type VariableValues } from "./substitute.ts";

export const dashboardNames = ["llm-dashboard", "llamacpp-dashboard", "llamacpp-engine-dashboard"] as const;
export type DashboardName = (typeof dashboardNames)[number];

/** One query of one panel, as Grafana would send it. */
export interface PanelQuery {
  readonly panel: string;
  readonly panelType: string;
  readonly refId: string;
  readonly promql: string;
  /** Asked for the value of now alone, not for a range. */
  readonly instant: boolean;
}

/** A committed dashboard. */
export function readDashboard(name: DashboardName): GrafanaDashboard {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as GrafanaDashboard;
}

/** Every query of a committed dashboard with its variables replaced, ready for a Prometheus. */
export function queriesOf(name: DashboardName, values: VariableValues = {}): PanelQuery[] {
  return allPanels(readDashboard(name)).flatMap(({ title, type, targets = [] }) =>
    targets.map(({ refId, expr, instant = false }) => ({
      panel: title,
      panelType: type,
      refId,
      promql: substitute(expr, values),
      instant,
    })),
  );
}
