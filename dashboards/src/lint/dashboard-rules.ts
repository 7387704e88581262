import type { GrafanaDashboard, GrafanaVariable } from "../grafana-json.ts";
import type { Rule } from "./rule.ts";

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
