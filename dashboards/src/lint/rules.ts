import {
  allPanels,
  type GrafanaDashboard,
  type GrafanaPanel,
  type GrafanaTarget,
  type GrafanaVariable,
} from "../grafana-json.ts";
import { surroundings } from "../promql/select.ts";

/** A rule of dashboard-linter, under its name. It returns what it finds, nothing when the dashboard is right. */
export interface Rule {
  readonly name: string;
  readonly findings: (dashboard: GrafanaDashboard) => string[];
}

/** A rule about each panel that shows data. */
export const panelRule = (name: string, wrong: (panel: GrafanaPanel) => boolean): Rule => ({
  name,
  findings: (dashboard) =>
    allPanels(dashboard)
      .filter(({ type }) => type !== "row")
      .flatMap((panel) => (wrong(panel) ? [`${name}: ${panel.title}`] : [])),
});

/** A rule about each query. */
export const targetRule = (name: string, wrong: (target: GrafanaTarget, panel: GrafanaPanel) => boolean): Rule => ({
  name,
  findings: (dashboard) =>
    allPanels(dashboard).flatMap((panel) =>
      (panel.targets ?? []).flatMap((target) =>
        wrong(target, panel) ? [`${name}: ${panel.title} ${target.refId}: ${target.expr}`] : [],
      ),
    ),
});

const variable = (dashboard: GrafanaDashboard, name: string) =>
  dashboard.templating.list.find((candidate) => candidate.name === name);

const templateDatasource: Rule = {
  name: "template-datasource",
  findings: (dashboard) => {
    const found = variable(dashboard, "datasource");
    const right = found?.type === "datasource" && found.query === "prometheus" && found.label === "Data Source";
    return right ? [] : ["template-datasource"];
  },
};

/** A list of a label's values: titled, several at a time, with an `All` that is `.+`. */
function isLabelVariable(found: GrafanaVariable | undefined, label: string): boolean {
  return (
    found?.type === "query" &&
    found.label === label &&
    found.datasource?.uid === `\${datasource}` &&
    found.multi &&
    found.includeAll &&
    found.allValue === ".+"
  );
}

const templateLabel = (rule: string, name: string, label: string): Rule => ({
  name: rule,
  findings: (dashboard) => (isLabelVariable(variable(dashboard, name), label) ? [] : [rule]),
});

const whenTheTimeRangeChanges = 2;

const templateReload: Rule = {
  name: "template-on-time-change-reload",
  findings: ({ templating }) =>
    templating.list
      .filter(({ type, refresh }) => type === "query" && refresh !== whenTheTimeRangeChanges)
      .map(({ name }) => `template-on-time-change-reload: ${name}`),
};

const uneditable: Rule = {
  name: "uneditable-dashboard",
  findings: ({ editable }) => (editable ? ["uneditable-dashboard"] : []),
};

export const dashboardRules: readonly Rule[] = [
  templateDatasource,
  templateLabel("template-job", "job", "Job"),
  templateLabel("template-instance", "instance", "Instance"),
  templateLabel("template-model", "model", "Model"),
  templateReload,
  uneditable,
];

/** The ids among Grafana's units that these dashboards use; an id that Grafana lacks is written behind the number as it is. */
const unitIds = new Set(["s", "bytes", "reqps", "percentunit", "none", "locale", "dtdurations"]);
const isUnit = (unit: string) => unitIds.has(unit) || /^(suffix|count):/.test(unit);

const isBlank = (text: string | undefined) => text === undefined || text.trim() === "";

export const panelRules: readonly Rule[] = [
  panelRule("panel-datasource", ({ datasource }) => datasource?.uid !== `\${datasource}`),
  panelRule("panel-title-description", ({ title, description }) => isBlank(title) || isBlank(description)),
  panelRule("panel-units", ({ fieldConfig }) => !isUnit(fieldConfig?.defaults.unit ?? "")),
  panelRule("panel-no-targets", ({ targets = [] }) => targets.length === 0),
];

interface Selector {
  /** The function that is called on it, where it is called on nothing else. */
  readonly call: string;
  readonly metric: string;
  readonly matchers: string;
  /** The range, without its brackets; empty for an instant vector. */
  readonly range: string;
  /** The range ends where the visible time does, whichever step is asked about. */
  readonly atEnd: boolean;
  /** What it was a window ago: it is asked whether it was there. */
  readonly isBefore: boolean;
}

/** Our queries' selectors; their matchers' texts hold no braces. One that a reader chooses by its name has none of its own. */
function selectors(promql: string): Selector[] {
  const found = promql.matchAll(/(?:\b(\w+)\()?(?:\b([\w:]+))?\{([^{}]*)\}(?:\[([^\]]*)\]( @ end\(\))?)?( offset )?/g);
  return [...found].map(([, call = "", metric = "", matchers = "", range = "", end, offset]) => {
    return { call, metric, matchers, range, atEnd: end !== undefined, isBefore: offset !== undefined };
  });
}

const anySelector = (promql: string, wrong: (selector: Selector) => boolean) =>
  selectors(promql).length === 0 || selectors(promql).some(wrong);

const rates = new Set(["rate", "irate", "increase"]);
const counterFunctions = new Set([...rates, "resets"]);
/** Say what a series began with, where it is asked beside them whether it was there before. */
const functionsOfNewborn = new Set(["last_over_time", "count_over_time"]);
const isCounter = ({ metric }: Selector) => /_(total|bucket|sum|count)$/.test(metric);

/** A counter's value says nothing: it began at an unknown time. */
function isBareCounter({ call, metric, range, isBefore }: Selector, all: readonly Selector[]): boolean {
  const isAskedBefore = all.some((other) => other.isBefore && other.metric === metric);
  if (isBefore || (isAskedBefore && functionsOfNewborn.has(call))) return false;
  return range === "" || !counterFunctions.has(call);
}

/** What a rule records and Prometheus's own ALERTS may have lost a label: the queries ask for them with it or without. */
const isDerived = ({ metric }: Selector) => metric.includes(":") || metric === "ALERTS";
/** Which jobs serve AIWatch's metrics is asked of all of their instances: those that are down serve none. */
const isPresence = ({ call }: Selector) => call === "present_over_time";
const isOfAnyJob = ({ metric }: Selector) => metric.startsWith("aiwatch:slo_objective:");

/** Windows that do not shrink with the panel: one half a minute long has no answer in it while the model never rests. */
const steady = new Set(["5m", "$__range"]);
const overTime = new Set(["timeseries", "heatmap"]);
/** Which lines are drawn at all is asked of the whole visible time. */
const hasRightWindow = (type: string, { range, atEnd }: Selector) =>
  overTime.has(type) && !atEnd ? range === "$__rate_interval" : steady.has(range);

/** Both, since all of them take series without the label: what has a job is asked for by what is around it. */
const isWithinSurroundings = ({ matchers }: Selector) =>
  surroundings.every((label) => new RegExp(`\\b${label}=~"\\$${label}\\|?"`).test(matchers));

export const targetRules: readonly Rule[] = [
  targetRule("target-surroundings", ({ expr }) =>
    anySelector(expr, (found) => !isOfAnyJob(found) && !isWithinSurroundings(found)),
  ),
  targetRule("target-job", ({ expr }) =>
    anySelector(expr, (found) => !isOfAnyJob(found) && !/\bjob=~"\$job\|?"/.test(found.matchers)),
  ),
  targetRule("target-instance", ({ expr }) =>
    anySelector(
      expr,
      (found) => !isPresence(found) && !isDerived(found) && !found.matchers.includes('instance=~"$instance"'),
    ),
  ),
  targetRule("target-rate-interval", ({ expr }, { type }) =>
    anySelector(expr, (found) => rates.has(found.call) && !hasRightWindow(type, found)),
  ),
  targetRule("target-counter-agg", ({ expr }) => {
    const all = selectors(expr);
    return all.some((found) => isCounter(found) && isBareCounter(found, all));
  }),
];

/**
 * dashboard-linter's rules, for a machine that does not have it, and stricter where a tile must not flap. What is taken from its rules with a reason is in
 * `grafana/dashboards/.lint`, where it looks itself.
 */
export const rules: readonly Rule[] = [...dashboardRules, ...panelRules, ...targetRules];
