import { unknownNames, unknownNamesInVariable } from "./checks/unknown-names.ts";
import { llamacppDashboard } from "./dashboards/llamacpp/index.ts";
import { engineDashboard } from "./dashboards/llamacpp-engine/index.ts";
import { llmDashboard } from "./dashboards/llm/index.ts";
import type { GrafanaDashboard } from "./grafana-json.ts";

export interface RenderedDashboard {
  readonly file: string;
  readonly json: string;
}

function assertKnown({ uid, panels, templating }: GrafanaDashboard): void {
  const unknown = [
    ...panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => unknownNames(expr))),
    ...templating.list.flatMap(({ type, query }) => (type === "query" ? unknownNamesInVariable(query) : [])),
  ];
  if (unknown.length > 0) throw new Error(`${uid}: the catalogue has no ${[...new Set(unknown)].join(", ")}`);
}

/** A dashboard as the text of its file. Throws when a query names a metric or a label that the catalogue does not have. */
export function render(dashboard: object): RenderedDashboard {
  const json = `${JSON.stringify(dashboard, null, 2)}\n`;
  const parsed = JSON.parse(json) as GrafanaDashboard;
  assertKnown(parsed);
  return { file: `${parsed.uid}.json`, json };
}

/** Every dashboard, as it is committed. */
export const renderAll = (): RenderedDashboard[] => [llmDashboard, llamacppDashboard, engineDashboard].map(render);
