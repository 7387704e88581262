import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promtool } from "@aiwatch/testkit";
import { type RuleGroup, rulesFor, rulesYaml } from "../index.ts";
import type { Case } from "./cases/case.ts";

const groups = rulesFor();

/** The alert, and what it reads, be it recorded or another alert: the others would be evaluated in vain. */
export function groupsFor(alert: string): RuleGroup[] {
  const needed = new Map<string, Set<string>>();
  const need = (name: string) => {
    for (const group of groups)
      for (const rule of group.rules) {
        if (nameOf(rule) !== name || needed.get(group.name)?.has(name) === true) continue;
        needed.set(group.name, (needed.get(group.name) ?? new Set()).add(name));
        for (const read of namesIn(group.rules.filter((one) => nameOf(one) === name))) need(read);
      }
  };
  need(alert);
  if (needed.size === 0) throw new Error(`no rule has the name ${alert}`);
  return groups.flatMap((group) => {
    const names = needed.get(group.name);
    return names === undefined ? [] : [{ ...group, rules: group.rules.filter((rule) => names.has(nameOf(rule))) }];
  });
}

const nameOf = (rule: RuleGroup["rules"][number]) => ("alert" in rule ? rule.alert : rule.record);
const all = new Set(groups.flatMap(({ rules }) => rules.map(nameOf)));
/** Names of rules that the rules read. */
const namesIn = (rules: RuleGroup["rules"]) =>
  rules.flatMap(({ expr }) => [...expr.matchAll(/[\w:]+/g)].map(([word]) => word).filter((word) => all.has(word)));

/** What promtool makes of a case. */
export async function judge(one: Case) {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-rules-"));
  const needed = groupsFor(one.alert);
  const test = {
    rule_files: ["rules.yaml"],
    evaluation_interval: one.evaluated ?? "30s",
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
export function testOf({ name, alert, every = "1m", series, fires = [], values = [] }: Case) {
  return {
    name,
    interval: every,
    input_series: Object.entries(series).map(([text, samples]) => ({ series: text, values: samples })),
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
