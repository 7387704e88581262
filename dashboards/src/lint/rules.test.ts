import { describe, expect, it } from "vitest";
import type { GrafanaDashboard, GrafanaPanel } from "../grafana-json.ts";
import { dashboardNames, readDashboard } from "../test-support/queries.ts";
import { rules } from "./rules.ts";

describe.each(dashboardNames)("%s", (name) => {
  it.each(rules)("holds $name", ({ findings }) => {
    expect(findings(readDashboard(name))).toEqual([]);
  });
});

type Spoil = (dashboard: Draft) => void;
type Draft = { -readonly [Key in keyof GrafanaDashboard]: GrafanaDashboard[Key] };

const spoilVariable =
  (name: string, change: object): Spoil =>
  (dashboard) => {
    const list = dashboard.templating.list.map((found) => (found.name === name ? { ...found, ...change } : found));
    dashboard.templating = { list };
  };

const spoilPanel =
  (change: Partial<GrafanaPanel>): Spoil =>
  (dashboard) => {
    dashboard.panels = dashboard.panels.map((panel, index) => (index === 1 ? { ...panel, ...change } : panel));
  };

const spoilQuery = (from: string, to: string): Spoil => {
  return (dashboard) => {
    dashboard.panels = dashboard.panels.map(({ targets, ...panel }) => ({
      ...panel,
      targets: (targets ?? []).map((target) => ({ ...target, expr: target.expr.replaceAll(from, to) })),
    }));
  };
};

describe("each rule finds what it is about", () => {
  const cases: [rule: string, spoil: Spoil][] = [
    ["template-datasource", spoilVariable("datasource", { label: "Source" })],
    ["template-job", spoilVariable("job", { multi: false })],
    ["template-instance", spoilVariable("instance", { allValue: ".*" })],
    ["template-model", spoilVariable("model", { name: "llm" })],
    ["template-on-time-change-reload", spoilVariable("model", { refresh: 1 })],
    ["uneditable-dashboard", (dashboard) => Object.assign(dashboard, { editable: true })],
    ["panel-datasource", spoilPanel({ datasource: { type: "prometheus", uid: "prometheus" } })],
    ["panel-title-description", spoilPanel({ description: " " })],
    ["panel-units", spoilPanel({ fieldConfig: { defaults: { unit: "parsecs" } } })],
    ["panel-no-targets", spoilPanel({ targets: [] })],
    ["target-job", spoilQuery('job=~"$job"', 'job="$job"')],
    ["target-surroundings", spoilQuery('cluster=~"$cluster", ', "")],
    ["target-instance", spoilQuery(', instance=~"$instance"', "")],
    ["target-rate-interval", spoilQuery("$__rate_interval", "5m")],
    ["target-rate-interval", spoilQuery("[5m]", "[$__rate_interval]")],
    ["target-counter-agg", spoilQuery("rate(", "last_over_time(")],
  ];

  it.each(cases)("%s", (name, spoil) => {
    const dashboard: Draft = structuredClone(readDashboard("llm-dashboard"));
    spoil(dashboard);
    const found = rules.flatMap((rule) => (rule.findings(dashboard).length > 0 ? [rule.name] : []));
    expect(found).toContain(name);
  });

  it("has a case for each rule", () => {
    expect([...new Set(cases.map(([name]) => name))].toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
  });
});
