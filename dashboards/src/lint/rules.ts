import { dashboardRules } from "./dashboard-rules.ts";
import { panelRules } from "./panel-rules.ts";
import type { Rule } from "./rule.ts";
import { targetRules } from "./target-rules.ts";

/**
 * dashboard-linter's rules, for a machine that does not have it. What is taken from its rules with a reason is in
 * `grafana/dashboards/.lint`, where it looks itself.
 */
export const rules: readonly Rule[] = [...dashboardRules, ...panelRules, ...targetRules];
