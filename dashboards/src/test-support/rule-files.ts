import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rulesFile } from "../rules/index.ts";
import { busySamples, catalogueSeries, type InputSeries } from "./series.ts";

/** How promtool is run; the tests have one. */
export type Promtool = (args: readonly string[]) => Promise<{ code: number | null; stdout: string; stderr: string }>;

async function withFile<T>(name: string, content: object, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-dashboards-"));
  try {
    const path = join(folder, name);
    // Prometheus reads YAML, and so JSON.
    await writeFile(path, JSON.stringify(content));
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** promtool's judgement on queries, each as a recording rule. */
export function checkQueries(promtool: Promtool, queries: readonly string[]) {
  const rules = queries.map((expr, index) => ({ record: `query_${index}`, expr }));
  return withFile("rules.json", { groups: [{ name: "queries", rules }] }, (path) => promtool(["check", "rules", path]));
}

/** The traffic ends at five minutes: at four it is in every window, at fourteen in none of them. */
export const whileBusy = "4m";
export const whenIdle = "14m";
const interval = "5s";
if (busySamples * 5 !== 300) throw new Error("the traffic does not end at five minutes");

export interface Expectation {
  readonly promql: string;
  readonly at: typeof whileBusy | typeof whenIdle;
  /** The single value without labels that it has to have, or none at all. */
  readonly value: number | "none";
}

/** What Prometheus makes of expressions over an app's series and what the rules record of them, busy first and idle afterwards. */
export function evaluate(
  promtool: Promtool,
  expectations: readonly Expectation[],
  input_series: readonly InputSeries[] = catalogueSeries(),
) {
  const promql_expr_test = expectations.map(({ promql, at, value }) => ({
    expr: promql,
    eval_time: at,
    exp_samples: value === "none" ? [] : [{ labels: "{}", value }],
  }));
  const test = {
    rule_files: [rulesFile],
    evaluation_interval: "30s",
    tests: [{ interval, input_series, promql_expr_test }],
  };
  return withFile("test.json", test, (path) => promtool(["test", "rules", path]));
}

/** What promtool says of an expression's value, with these series, at that time. */
export function evaluateAt(
  promtool: Promtool,
  eval_time: string,
  expr: string,
  input_series: readonly InputSeries[],
  exp_samples: readonly object[],
) {
  const test = { interval, input_series, promql_expr_test: [{ expr, eval_time, exp_samples }] };
  // promtool has no sample that is younger than its last evaluation
  const file = { rule_files: [], evaluation_interval: interval, tests: [test] };
  return withFile("test.json", file, (path) => promtool(["test", "rules", path]));
}

/** promtool's judgement on a configuration of Prometheus. */
export const checkConfig = (promtool: Promtool, config: object) =>
  withFile("prometheus.json", config, (path) => promtool(["check", "config", path]));
