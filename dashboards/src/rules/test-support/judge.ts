import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promtool } from "@aiwatch/testkit";
import { type AlertRule, type RuleGroup, rulesFor, rulesYaml } from "../index.ts";
import type { Case } from "./cases/case.ts";

/** The alert's group, and those that record what it reads: the others would be evaluated in vain. */
export function groupsFor(alert: string, by: readonly string[] = []): RuleGroup[] {
  const groups = rulesFor({ by });
  const own = groups.find(({ rules }) => rules.some((rule) => "alert" in rule && rule.alert === alert));
  if (own === undefined) throw new Error(`no rule has the name ${alert}`);
  const text = JSON.stringify(own);
  const read = groups.filter(
    (group) => group !== own && group.rules.some((rule) => "record" in rule && text.includes(rule.record)),
  );
  return [...read, own];
}

/** What promtool makes of a case. */
export async function judge(one: Case) {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-rules-"));
  const needed = groupsFor(one.alert, one.by);
  const test = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "30s",
    group_eval_order: needed.map(({ name }) => name),
    tests: [testOf(one)],
  };
  try {
    await writeFile(join(folder, "rules.yaml"), rulesYaml(needed));
    // promtool reads YAML, and so JSON
    await writeFile(join(folder, "test.json"), JSON.stringify(test));
    return await promtool(["test", "rules", join(folder, "test.json")]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The case in the words of promtool. */
export function testOf({ name, alert, every = "1m", series, fires = [], says = [], values = [], by = [] }: Case) {
  const rule = groupsFor(alert, by)
    .flatMap(({ rules }) => rules)
    .find((each): each is AlertRule => "alert" in each && each.alert === alert);
  return {
    name,
    interval: every,
    input_series: Object.entries(series).map(([text, samples]) => ({ series: text, values: samples })),
    alert_rule_test: says.map(({ at, labels, summary }) => ({
      eval_time: at,
      alertname: alert,
      exp_alerts: [{ exp_labels: { ...rule?.labels, ...labels }, exp_annotations: { ...rule?.annotations, summary } }],
    })),
    promql_expr_test: [
      ...fires.map(({ at, of }) => ({ expr: firing(alert), eval_time: at, exp_samples: of.map(sampleOf) })),
      ...values.map(({ promql, at, are }) => ({
        expr: promql,
        eval_time: at,
        exp_samples: Object.entries(are).map(([labels, value]) => ({ labels, value })),
      })),
    ],
  };
}

/** Its labels without those that say that it is this alert, and fires. */
const firing = (alert: string) =>
  `count without (alertname, alertstate, severity) (ALERTS{alertname="${alert}", alertstate="firing"})`;

function sampleOf(labels: Readonly<Record<string, string>>) {
  const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return { labels: `{${text.join(", ")}}`, value: 1 };
}
