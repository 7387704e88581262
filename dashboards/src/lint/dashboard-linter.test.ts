import { describe, expect, it } from "vitest";
import type { GrafanaDashboard, GrafanaPanel } from "../grafana-json.ts";
import { type LintFinding, linterRules, lintFindings } from "./dashboard-linter.ts";
import { unexcused } from "./exceptions.ts";

const datasource = { type: "prometheus", uid: `\${datasource}` };
const scope = 'job=~"$job", instance=~"$instance"';

/** A dashboard in which dashboard-linter finds nothing. */
const good = {
  ...{ annotations: { list: [] } },
  uid: "good",
  title: "Good",
  editable: false,
  schemaVersion: 42,
  tags: [],
  templating: {
    list: [
      {
        name: "datasource",
        label: "Data source",
        type: "datasource",
        query: "prometheus",
        multi: false,
        includeAll: false,
      },
      ...["job", "instance"].map((name) => ({
        name,
        label: name === "job" ? "Job" : "Instance",
        type: "query",
        query: `label_values(genai_app_active_requests{job=~"$job"}, ${name})`,
        datasource,
        multi: true,
        includeAll: true,
        allValue: ".+",
        refresh: 2,
      })),
    ],
  },
  panels: [
    { id: 1, type: "row", title: "Overview", gridPos: { x: 0, y: 0, w: 24, h: 1 } },
    {
      id: 2,
      type: "timeseries",
      title: "Errors",
      description: "What fails",
      datasource,
      gridPos: { x: 0, y: 1, w: 24, h: 8 },
      targets: [{ refId: "A", expr: `sum(rate(genai_app_errors_total{${scope}}[$__rate_interval]))`, datasource }],
      fieldConfig: { defaults: { unit: "cps" } },
    },
  ],
} as const satisfies GrafanaDashboard;

const errors = good.panels[1];
const withPanel = (change: Partial<GrafanaPanel>): GrafanaDashboard => ({
  ...good,
  panels: [{ ...errors, ...change }],
});
const withQuery = (expr: string) => withPanel({ targets: [{ ...errors.targets[0], expr }] });
const withVariable = (name: string, change: object): GrafanaDashboard => ({
  ...good,
  templating: { list: good.templating.list.map((found) => (found.name === name ? { ...found, ...change } : found)) },
});

const counter = "genai_app_errors_total";
const gauge = "genai_app_active_requests";

const cases: [rule: string, spoilt: GrafanaDashboard, message: string][] = [
  [
    "template-datasource-rule",
    withVariable("datasource", { label: "Data Source" }),
    'labelled "Data Source", expected "Data source"',
  ],
  ["template-datasource-rule", withVariable("datasource", { name: "prometheus" }), "has to be named datasource"],
  ["template-datasource-rule", withVariable("datasource", { query: "loki" }), "of type loki"],
  [
    "template-datasource-rule",
    { ...good, templating: { list: good.templating.list.slice(1) } },
    "no variable for its data",
  ],
  ["template-job-rule", withVariable("job", { multi: false }), "job lets nobody choose several"],
  ["template-job-rule", { ...good, templating: { list: [good.templating.list[0]] } }, "has no variable job"],
  ["template-job-rule", withVariable("job", { datasource: { type: "prometheus", uid: "x" } }), "does not ask"],
  ["template-instance-rule", withVariable("instance", { allValue: ".*" }), 'All of instance is ".*"'],
  ["template-instance-rule", withVariable("instance", { label: "Process" }), 'labelled "Process"'],
  ["template-instance-rule", withVariable("instance", { type: "custom" }), "of type custom"],
  [
    "template-label-promql-rule",
    withVariable("job", { query: "labels(up, job)" }),
    "none of label_names, label_values",
  ],
  ["template-label-promql-rule", withVariable("job", { query: "label_values(up{, job)" }), "which is wrong at"],
  ["template-on-time-change-reload-rule", withVariable("job", { refresh: 1 }), "job is not asked for anew"],
  ["uneditable-dashboard-rule", { ...good, editable: true }, "can be edited"],
  ["panel-datasource-rule", withPanel({ datasource: { type: "prometheus", uid: "mine" } }), "asks mine"],
  ["panel-title-description-rule", withPanel({ description: " " }), "has no title, or no description"],
  ["panel-title-description-rule", withPanel({ title: "" }), "has no title, or no description"],
  ["panel-units-rule", withPanel({ fieldConfig: { defaults: { unit: "parsecs" } } }), 'the unit "parsecs"'],
  ["panel-units-rule", withPanel({ fieldConfig: { defaults: {} } }), "has no unit"],
  ["panel-no-targets-rule", withPanel({ targets: [] }), "has no query"],
  ["target-promql-rule", withQuery(`sum(rate(${counter}{${scope}}[$__rate_interval])`), "is no PromQL at the end"],
  [
    "target-promql-rule",
    withQuery(`sum(${gauge}{${scope}, model="$modell"})`),
    "the dashboard has no variable $modell",
  ],
  [
    "target-rate-interval-rule",
    withQuery(`sum(rate(${counter}{${scope}}[5m]))`),
    `rate(${counter}[5m]) has to be over`,
  ],
  [
    "target-rate-interval-rule",
    withQuery(`sum(irate(${counter}{${scope}}[$__range]))`),
    "has to be over $__rate_interval",
  ],
  ["target-job-rule", withQuery(`sum(${gauge}{instance=~"$instance"})`), `${gauge} is asked for without job=~"$job"`],
  ["target-job-rule", withQuery(`sum(${gauge}{${scope.replace("=~", "=")}})`), "without job"],
  [
    "target-instance-rule",
    withQuery(`sum(${gauge}{${scope}}) / sum(up{job=~"$job"})`),
    "up is asked for without instance",
  ],
  ["target-counter-agg-rule", withQuery(`sum(${counter}{${scope}})`), "in no rate or increase"],
  ["target-counter-agg-rule", withQuery(`sum(delta(${counter}{${scope}}[5m]))`), "in no rate or increase"],
];

describe("dashboard-linter's rules", () => {
  it("find nothing in what is right", () => {
    expect(lintFindings(good)).toEqual([]);
  });

  it.each(cases)("%s", (rule, spoilt, message) => {
    const found = lintFindings(spoilt);
    expect(found.map((finding) => finding.rule)).toContain(rule);
    expect(found.map((finding) => finding.message).join("\n")).toContain(message);
  });

  it("have a case each", () => {
    expect([...new Set(cases.map(([rule]) => rule))].sort()).toEqual([...linterRules].sort());
  });

  it("are held in closed rows, too", () => {
    const row = { ...good.panels[0], collapsed: true, panels: [{ ...errors, description: "" }] };
    expect(lintFindings({ ...good, panels: [row] })).toMatchObject([
      { rule: "panel-title-description-rule", panel: "Errors" },
    ]);
  });

  it("find the call around a range that ends at a time of its own", () => {
    expect(lintFindings(withQuery(`sum(increase(${counter}{${scope}}[1h] @ end()))`))).toEqual([]);
  });

  it("let increase() have any range", () => {
    expect(lintFindings(withQuery(`sum(increase(${counter}{${scope}}[$__range]))`))).toEqual([]);
  });
});

describe("exceptions", () => {
  const finding: LintFinding = { rule: "target-job-rule", dashboard: "A", panel: "P", targetIdx: 1, message: "wrong" };
  const line = "target-job-rule: A, P, query 1: wrong";

  it("a finding without one is told with its place", () => {
    expect(unexcused([finding], "")).toEqual([line]);
    expect(unexcused([{ rule: "uneditable-dashboard-rule", dashboard: "A", message: "m" }], "")).toEqual([
      "uneditable-dashboard-rule: A: m",
    ]);
  });

  it.each([
    ["of the whole rule", "{target-job-rule: {reason: why}}", []],
    ["of the query", "{target-job-rule: {reason: why, entries: [{dashboard: A, panel: P, targetIdx: 1}]}}", []],
    [
      "of the panel, with a reason of its own",
      "{target-job-rule: {entries: [{dashboard: A, panel: P, reason: why}]}}",
      [],
    ],
    [
      "of another query",
      "{target-job-rule: {reason: why, entries: [{dashboard: A, panel: P, targetIdx: 0}]}}",
      [line, ".lint: target-job-rule, A, P, 0 is not needed: remove it"],
    ],
    [
      "of another dashboard",
      "{target-job-rule: {reason: why, entries: [{dashboard: B, panel: P}]}}",
      [line, ".lint: target-job-rule, B, P is not needed: remove it"],
    ],
    ["without a reason", "{target-job-rule: }", [".lint: target-job-rule gives no reason"]],
    [
      "with a reason that says nothing",
      "{target-job-rule: {reason: ' ', entries: [{dashboard: A, panel: P}]}}",
      [".lint: target-job-rule, A, P gives no reason"],
    ],
    [
      "of a rule that finds nothing",
      "{target-job-rule: {reason: why}, panel-units-rule: {reason: why}}",
      [".lint: panel-units-rule is not needed: remove it"],
    ],
    [
      "of a rule that there is not",
      "{target-job-rule: {reason: why}, target-jobs-rule: {reason: why}}",
      [".lint: dashboard-linter has no rule target-jobs-rule"],
    ],
  ])("one %s", (_, exclusions, left) => {
    expect(unexcused([finding], `exclusions: ${exclusions}`)).toEqual(left);
  });
});
