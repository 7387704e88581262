import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { availabilityAlerts } from "./alerts/availability-alerts.ts";
import { engineAlerts } from "./alerts/engine-alerts.ts";
import { memoryAlerts, memoryIntervalSeconds } from "./alerts/memory-alerts.ts";
import { outageAlerts } from "./alerts/outage-alerts.ts";
import { sloAlerts } from "./alerts/slo-alerts.ts";
import { telemetryAlerts } from "./alerts/telemetry-alerts.ts";
import { waitingAlerts } from "./alerts/waiting-alerts.ts";
import { boardGroup, memoryRule } from "./board-rules.ts";
import { keepLabels, nameKept } from "./kept-labels.ts";
import { type CheckedOptions, checkOptions, type RulesOptions } from "./options.ts";
import { type Alert, type AlertRule, alertRule, type RecordingRule, type RuleGroup } from "./rule.ts";
import { sloGroup } from "./slo-rules.ts";

export { RulesOptionError, type RulesOptions } from "./options.ts";
export { type RecordedSeries, recorded, recordedSeries, type Slo, selectRecorded, slos } from "./recorded.ts";
export type { AlertRule, RecordingRule, RuleGroup } from "./rule.ts";

/** Where the committed rules are, as everybody has them who chooses nothing. */
export const rulesFile = fileURLToPath(new URL("../../prometheus/rules/aiwatch.rules.yaml", import.meta.url));

/**
 * The recording and alerting rules as data.
 *
 * @throws RulesOptionError for a bound that no bucket has, an objective that can never page, and a label that cannot be kept
 * @example
 * rulesFor({ ttftSeconds: 5, objectives: { first_token: 0.99 }, by: ["namespace"] }).map(({ name }) => name);
 */
export function rulesFor(options: RulesOptions = {}): RuleGroup[] {
  const checked = checkOptions(options);
  const groups = [
    sloGroup(checked),
    boardGroup,
    alertGroup("aiwatch-slo-alerts", "aiwatch-slo", sloAlerts(checked), checked),
    alertGroup("aiwatch-availability", "aiwatch-fleet", availabilityAlerts, checked),
    alertGroup("aiwatch-waiting", "llm-dashboard", [...waitingAlerts, ...outageAlerts], checked),
    alertGroup("aiwatch-engine", "llamacpp-engine-dashboard", engineAlerts, checked),
    memoryGroup(checked),
    alertGroup("aiwatch-telemetry", "aiwatch-service", telemetryAlerts, checked),
  ];
  return groups.map((group) => ({ ...group, rules: group.rules.map((rule) => keeping(rule, checked)) }));
}

function keeping<Rule extends RecordingRule | AlertRule>(rule: Rule, { by }: CheckedOptions): Rule {
  const expr = keepLabels(rule.expr, by);
  if (!("annotations" in rule)) return { ...rule, expr };
  return { ...rule, expr, annotations: { ...rule.annotations, summary: nameKept(rule.annotations.summary, by) } };
}

/** Alerts of one kind, and the dashboard that shows it. Of no interval of its own: they are judged as often as `evaluation_interval` says. */
function alertGroup(name: string, uid: string, alerts: readonly Alert[], options: CheckedOptions): RuleGroup {
  const { runbookBase, grafanaUrl } = options;
  const links = { runbookBase, ...(grafanaUrl !== undefined && { dashboard: `${grafanaUrl}/d/${uid}` }) };
  return { name, rules: alerts.map((alert) => alertRule(alert, links)) };
}

/** What is recorded for its alert alone, and as seldom. */
function memoryGroup(options: CheckedOptions): RuleGroup {
  const { name, rules } = alertGroup("aiwatch-memory", "llamacpp-engine-dashboard", memoryAlerts, options);
  return { name, interval: `${memoryIntervalSeconds}s`, rules: [memoryRule, ...rules] };
}

const header = `# AIWatch: recording and alerting rules for Prometheus 2.42 and newer. Mimir, Thanos Ruler and vmalert take the same file.
# Made from AIWatch's metric catalogue: make another one instead of editing it, so that bounds and objectives are checked.
# docs/guide/alerts.md says what each alert means, how to load this file, and how to set your own objectives.
`;

/**
 * The rules as the text of a file that Prometheus loads.
 *
 * @example
 * await writeFile("aiwatch.rules.yaml", rulesYaml(rulesFor({ tpotSeconds: 0.05 })));
 */
export function rulesYaml(groups: readonly RuleGroup[]): string {
  return header + stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false });
}
