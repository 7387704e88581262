import { fillVariables } from "../checks/fill-variables.ts";
import type { GrafanaDashboard, GrafanaPanel, GrafanaTarget, GrafanaVariable } from "../grafana-json.ts";
import { parsePromql, type Selector } from "../promql/selectors.ts";

/** What one of dashboard-linter's rules finds, with the names by which its file of exceptions calls the place. */
export interface LintFinding {
  /** As dashboard-linter names it: `target-job-rule`. */
  readonly rule: string;
  /** The dashboard's title. */
  readonly dashboard: string;
  /** The panel's title; absent where the dashboard itself is meant. */
  readonly panel?: string;
  /** The query's place among its panel's. */
  readonly targetIdx?: number;
  readonly message: string;
}

type OfDashboard = (dashboard: GrafanaDashboard) => string[];
type OfPanel = (panel: GrafanaPanel) => string[];
type OfTarget = (target: GrafanaTarget, dashboard: GrafanaDashboard) => string[];

const when = (isWrong: boolean, message: string) => (isWrong ? [message] : []);

const variableOf = ({ templating }: GrafanaDashboard, name: string) =>
  templating.list.find((variable) => variable.name === name);
const queryVariables = ({ templating }: GrafanaDashboard) => templating.list.filter(({ type }) => type === "query");

/** The page of the rule asks for another label than its code, which decides. */
const datasourceLabel = "Data source";

function datasourceFaults(dashboard: GrafanaDashboard): string[] {
  const found = dashboard.templating.list.filter(({ type }) => type === "datasource");
  if (found.length === 0) return ["has no variable for its data source"];
  return found.flatMap(({ name, label, query }) => [
    ...when(query !== "prometheus", `${name} lists data sources of type ${query}`),
    ...when(name !== "datasource" && name !== "prometheus_datasource", `${name} has to be named datasource`),
    ...when(label !== datasourceLabel, `${name} is labelled "${label}", expected "${datasourceLabel}"`),
  ]);
}

const labelVariable = (name: string, label: string) => (dashboard: GrafanaDashboard) => {
  const found = variableOf(dashboard, name);
  return found === undefined ? [`has no variable ${name}`] : labelVariableFaults(found, label);
};

const labelVariableFaults = ({ name, type, datasource, label, multi, allValue }: GrafanaVariable, expected: string) => [
  ...when(type !== "query", `${name} is a variable of type ${type}, expected query`),
  ...when(datasource?.uid !== `\${datasource}`, `${name} does not ask \${datasource}`),
  ...when(label !== expected, `${name} is labelled "${label}", expected "${expected}"`),
  ...when(!multi, `${name} lets nobody choose several`),
  ...when(allValue !== ".+", `All of ${name} is "${allValue}", expected ".+"`),
];

const functions = ["label_names", "label_values", "metrics", "query_result"];

function variableQueryFaults(dashboard: GrafanaDashboard): string[] {
  return queryVariables(dashboard).flatMap(({ name, query }) => {
    const [, call = "", inside = ""] = /^([a-z_]+)\((.+)\)$/.exec(query) ?? [];
    if (!functions.includes(call)) return [`${name} asks "${query}", which is none of ${functions.join(", ")}`];
    const { fault } = parsePromql(filled(inside.replace(/, ?\w+$/, ""), dashboard));
    return when(fault !== undefined, `${name} asks "${query}", which is wrong at ${fault}`);
  });
}

const whenTheTimeRangeChanges = 2;

const reloadFaults: OfDashboard = (dashboard) =>
  queryVariables(dashboard).flatMap(({ name, refresh }) =>
    when(refresh !== whenTheTimeRangeChanges, `${name} is not asked for anew when the time range changes`),
  );

/** Of Grafana's units those that a dashboard about models may have a use for. */
const units = new Set(
  `none string short percent percentunit hex sci locale bytes decbytes bits decbits Bps binBps bps binbps pps ns µs ms s m h d
  dtdurations dtdurationms dthms dtdhms clocks clockms hertz cps ops reqps rps wps iops cpm opm rpm wpm bool bool_yes_no bool_on_off
  dateTimeAsIso dateTimeFromNow celsius watt`.split(/\s+/),
);

const isBlank = (text: string | undefined) => text === undefined || text.trim() === "";

function unitFaults({ fieldConfig }: GrafanaPanel): string[] {
  const unit = fieldConfig?.defaults.unit ?? "";
  return when(!units.has(unit), unit === "" ? "has no unit" : `has the unit "${unit}", which is none of Grafana's`);
}

/** Stands for `$__rate_interval` where it is looked for; nobody writes it. */
const rateInterval = "59987m";

const filled = (expression: string, { templating }: GrafanaDashboard) =>
  fillVariables(expression, templating.list, {}, { rateInterval });

/** The selectors of a query that is PromQL; that it is, is a rule of its own. */
function selectorsOf({ expr }: GrafanaTarget, dashboard: GrafanaDashboard): readonly Selector[] {
  try {
    return parsePromql(filled(expr, dashboard)).selectors;
  } catch {
    return [];
  }
}

const grammarFaults: OfTarget = ({ expr }, dashboard) => {
  try {
    const { fault } = parsePromql(filled(expr, dashboard));
    return when(fault !== undefined, `is no PromQL at ${fault}: ${expr}`);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
};

const rates = ["rate", "irate"];

const rateFaults: OfTarget = (target, dashboard) =>
  selectorsOf(target, dashboard).flatMap(({ metric, call, range }) =>
    when(
      rates.includes(call) && range !== rateInterval,
      `${call}(${metric}[${range}]) has to be over $__rate_interval`,
    ),
  );

const matcherFaults =
  (label: string): OfTarget =>
  (target, dashboard) => {
    const marked = { ...target, expr: target.expr.replaceAll(`"$${label}"`, `"<${label}>"`) };
    return selectorsOf(marked, dashboard).flatMap(({ metric, matchers }) => {
      const isThere = matchers.some(({ text }) => text === `${label}=~"<${label}>"`);
      return when(!isThere, `${metric} is asked for without ${label}=~"$${label}"`);
    });
  };

const counterCalls = ["rate", "irate", "increase"];

const counterFaults: OfTarget = (target, dashboard) =>
  selectorsOf(target, dashboard).flatMap(({ metric, call }) =>
    when(
      metric.endsWith("_total") && !counterCalls.includes(call),
      `${metric} is a counter, and in no rate or increase`,
    ),
  );

const ofDashboards: Readonly<Record<string, OfDashboard>> = {
  "template-datasource-rule": datasourceFaults,
  "template-job-rule": labelVariable("job", "Job"),
  "template-instance-rule": labelVariable("instance", "Instance"),
  "template-label-promql-rule": variableQueryFaults,
  "template-on-time-change-reload-rule": reloadFaults,
  "uneditable-dashboard-rule": ({ editable }) => when(editable, "can be edited: set editable to false"),
};

const ofPanels: Readonly<Record<string, OfPanel>> = {
  "panel-datasource-rule": ({ datasource }) =>
    when(datasource?.uid !== `\${datasource}`, `asks ${datasource?.uid ?? "no data source"}, and not \${datasource}`),
  "panel-title-description-rule": ({ title, description }) =>
    when(isBlank(title) || isBlank(description), "has no title, or no description"),
  "panel-units-rule": unitFaults,
  "panel-no-targets-rule": ({ targets = [] }) => when(targets.length === 0, "has no query"),
};

const ofTargets: Readonly<Record<string, OfTarget>> = {
  "target-promql-rule": grammarFaults,
  "target-rate-interval-rule": rateFaults,
  "target-job-rule": matcherFaults("job"),
  "target-instance-rule": matcherFaults("instance"),
  "target-counter-agg-rule": counterFaults,
};

/** The names of all rules of dashboard-linter that are about dashboards of Prometheus in the classic schema. */
export const linterRules: readonly string[] = [ofDashboards, ofPanels, ofTargets].flatMap(Object.keys);

/** Every panel but rows, those inside of closed rows too. */
export function panelsOf({ panels }: { readonly panels: readonly GrafanaPanel[] }): GrafanaPanel[] {
  const flat = panels.flatMap((panel) => [panel, ...((panel as { panels?: readonly GrafanaPanel[] }).panels ?? [])]);
  return flat.filter(({ type }) => type !== "row");
}

/** What dashboard-linter would find in a dashboard, exceptions aside. */
export function lintFindings(dashboard: GrafanaDashboard): LintFinding[] {
  const place = { dashboard: dashboard.title };
  const own = Object.entries(ofDashboards).flatMap(([rule, faults]) =>
    faults(dashboard).map((message) => ({ rule, ...place, message })),
  );
  return [...own, ...panelsOf(dashboard).flatMap((panel) => panelFindings(panel, dashboard))];
}

function panelFindings(panel: GrafanaPanel, dashboard: GrafanaDashboard): LintFinding[] {
  const place = { dashboard: dashboard.title, panel: panel.title };
  const own = Object.entries(ofPanels).flatMap(([rule, faults]) =>
    faults(panel).map((message) => ({ rule, ...place, message })),
  );
  const ofQueries = (panel.targets ?? []).flatMap((target, targetIdx) =>
    Object.entries(ofTargets).flatMap(([rule, faults]) =>
      faults(target, dashboard).map((message) => ({ rule, ...place, targetIdx, message })),
    ),
  );
  return [...own, ...ofQueries];
}
