import { unknownNames, unknownNamesInVariable } from "./checks/unknown-names.ts";
import { llamacppDashboard } from "./dashboards/llamacpp/index.ts";
import { engineDashboard } from "./dashboards/llamacpp-engine/index.ts";
import { llmDashboard } from "./dashboards/llm/index.ts";
import { allPanels, type GrafanaDashboard } from "./grafana-json.ts";
import { jsonText } from "./json-text.ts";
import { unknownFields } from "./schema/to-schema-39.ts";

export interface RenderedDashboard {
  readonly file: string;
  readonly json: string;
}

function assertKnown(dashboard: GrafanaDashboard): void {
  const { uid, templating, annotations } = dashboard;
  const unknown = [
    ...allPanels(dashboard).flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => unknownNames(expr))),
    ...annotations.list.flatMap(({ expr = "" }) => unknownNames(expr)),
    ...templating.list.flatMap(({ type, query }) => (type === "query" ? unknownNamesInVariable(query) : [])),
  ];
  if (unknown.length > 0) throw new Error(`${uid}: the catalogue has no ${[...new Set(unknown)].join(", ")}`);
}

function assertReadable(dashboard: GrafanaDashboard): void {
  const fields = unknownFields(dashboard);
  if (fields.length > 0) throw new Error(`${dashboard.uid}: Grafana 10.4 knows no ${fields.join(", ")}`);
}

/**
 * A dashboard as the text of its file. Throws when a query, a variable or an annotation names a metric or a label that there is not, and when
 * Grafana 10.4 could not read all of it.
 */
export function render(dashboard: object): RenderedDashboard {
  const json = `${jsonText(dashboard)}\n`;
  const parsed = JSON.parse(json) as GrafanaDashboard;
  assertKnown(parsed);
  assertReadable(parsed);
  return { file: `${parsed.uid}.json`, json };
}

/** Every dashboard, as it is committed. */
export const renderAll = (): RenderedDashboard[] => [llmDashboard, llamacppDashboard, engineDashboard].map(render);
