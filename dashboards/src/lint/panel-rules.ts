import { panelRule, type Rule } from "./rule.ts";

/** The ids among Grafana's units that these dashboards use; an id that Grafana lacks is written behind the number as it is. */
const unitIds = new Set(["s", "bytes", "reqps", "cps", "percentunit", "short", "none", "locale"]);

const isBlank = (text: string | undefined) => text === undefined || text.trim() === "";

export const panelRules: readonly Rule[] = [
  panelRule("panel-datasource", ({ datasource }) => datasource?.uid !== `\${datasource}`),
  panelRule("panel-title-description", ({ title, description }) => isBlank(title) || isBlank(description)),
  panelRule("panel-units", ({ fieldConfig }) => !unitIds.has(fieldConfig?.defaults.unit ?? "")),
  panelRule("panel-no-targets", ({ targets = [] }) => targets.length === 0),
];
