import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeWithTool, needTool, runToEnd } from "@aiwatch/testkit";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { rulesYaml } from "./rules/index.ts";
import { availabilityCases } from "./rules/test-support/cases/availability-cases.ts";
import type { Case } from "./rules/test-support/cases/case.ts";
import { engineCases } from "./rules/test-support/cases/engine-cases.ts";
import { sloCases } from "./rules/test-support/cases/slo-cases.ts";
import { telemetryCases } from "./rules/test-support/cases/telemetry-cases.ts";
import { waitingCases } from "./rules/test-support/cases/waiting-cases.ts";
import { groupsFor, testOf } from "./rules/test-support/judge.ts";

const path = (file: string) => fileURLToPath(new URL(`../prometheus/${file}`, import.meta.url));
const rules = path("rules/aiwatch.rules.yaml");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aiwatch-victoria-metrics-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

/** A job of two processes, which is up for five minutes, and then down. */
const input_series = ["a", "b"].flatMap((instance) => [
  { series: `up{job="chat", instance="${instance}"}`, values: "1x10 0x20" },
  { series: `genai_app_active_requests{job="chat", instance="${instance}"}`, values: "1x10 _x20" },
]);
const firing = (alert: string) => `count(ALERTS{alertname="${alert}", alertstate="firing"})`;

/** Has vmalert evaluate the rules; its language is a superset of Prometheus's, and its test format differs in one word. */
async function unittest(rulesFile: string, expectations: readonly { expr: string; at: string; value?: number }[]) {
  const metricsql_expr_test = expectations.map(({ expr, at, value }) => ({
    expr,
    eval_time: at,
    exp_samples: value === undefined ? [] : [{ labels: "{}", value }],
  }));
  const file = join(folder, "test.json");
  const test = { interval: "30s", input_series, metricsql_expr_test };
  await writeFile(file, JSON.stringify({ rule_files: [rulesFile], evaluation_interval: "30s", tests: [test] }));
  const { vmalertTool } = await needTool("victoria-metrics");
  return runToEnd(vmalertTool, ["unittest", "--files", file], { cwd: folder });
}

const countsTheStepBefore = "changes() counts a change from the sample before its window, too";
const countsBirths = "increase() counts from 0 where a counter is born above 0";
const startsLater = "vmalert-tool's clock does not begin at 0: each process has been up for long";

/** Where VictoriaMetrics counts otherwise than Prometheus: each of these alerts fires for one more of the case's series, none for fewer. */
const otherwise: Readonly<Record<string, string>> = {
  AIWatchRestarting: countsTheStepBefore,
  AIWatchModelServerRestarting: countsTheStepBefore,
  AIWatchTelemetryFaults: countsBirths,
  AIWatchMemoryGrows: startsLater,
};
const cases = [...sloCases, ...availabilityCases, ...waitingCases, ...engineCases, ...telemetryCases];

/** VictoriaMetrics says an alert's group in a label, and keeps a metric's name where Prometheus drops it. */
const withoutItsLabels = (expr: string) => `label_del(${expr}, "__name__", "alertgroup")`;

/** A case of the rules' own tests, with the groups that it needs. */
async function judge(one: Case) {
  const needed = groupsFor(one.alert, one.by);
  // vmalert-tool fills no query of a template in
  const { promql_expr_test, alert_rule_test: _, ...test } = testOf(one);
  const metricsql_expr_test = promql_expr_test.map((each) => ({ ...each, expr: withoutItsLabels(each.expr) }));
  await writeFile(join(folder, "rules.yaml"), rulesYaml(needed));
  const file = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "30s",
    group_eval_order: needed.map(({ name }) => name),
  };
  await writeFile(join(folder, "test.json"), JSON.stringify({ ...file, tests: [{ ...test, metricsql_expr_test }] }));
  const { vmalertTool } = await needTool("victoria-metrics");
  return runToEnd(vmalertTool, ["unittest", "--files", "test.json"], { cwd: folder });
}

describeWithTool("victoria-metrics", "VictoriaMetrics", () => {
  it.each(cases.filter(({ alert }) => otherwise[alert] === undefined))("as Prometheus: $alert: $name", async (one) => {
    const { code, stdout, stderr } = await judge(one);
    expect(code, stdout + stderr).toBe(0);
  });

  it.each(cases.filter(({ alert }) => otherwise[alert] !== undefined))("more than Prometheus: $alert", async (one) => {
    const { code, stdout, stderr } = await judge(one);
    expect(code, otherwise[one.alert]).toBe(1);
    const expected = /exp: (\{[^}]*\})/.exec(stdout + stderr)?.[1] ?? "nothing was expected";
    expect((stdout + stderr).split("got:")[1]).toContain(expected);
  });

  describe("loads the rules as they are", () => {
    it("and fires what Prometheus fires, when it is time", async () => {
      const judged = await unittest(rules, [
        { expr: firing("AIWatchJobDown"), at: "5m" },
        { expr: firing("AIWatchJobDown"), at: "10m", value: 1 },
      ]);
      expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
    });

    it("and says so where something else was expected", async () => {
      const judged = await unittest(rules, [{ expr: firing("AIWatchJobDown"), at: "5m", value: 1 }]);
      expect(judged).toMatchObject({ code: 1 });
    });

    it("but no function that there is none of", async () => {
      const wrong = join(folder, "rules.yaml");
      await writeFile(wrong, (await readFile(rules, "utf8")).replaceAll("present_over_time(", "pressent_over_time("));
      const { code, stdout, stderr } = await unittest(wrong, []);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain("pressent_over_time");
    });
  });

  describe("and the scrape configuration", () => {
    async function dryRun(...flags: string[]) {
      const { victoriaMetrics } = await needTool("victoria-metrics");
      const config = `-promscrape.config=${path("prometheus.yml")}`;
      return runToEnd(victoriaMetrics, ["-dryRun", config, `-storageDataPath=${join(folder, "data")}`, ...flags]);
    }

    it("takes it, where it may leave out what is Prometheus's alone", async () => {
      expect(await dryRun("-promscrape.config.strictParse=false")).toMatchObject({ code: 0 });
    });

    it("refuses it otherwise, and says which words it does not know", async () => {
      const { code, stderr } = await dryRun();
      expect(code).not.toBe(0);
      const unknown = [...stderr.matchAll(/field (\w+) not found/g)].map(([, field]) => field);
      expect(unknown).toEqual(["evaluation_interval", "rule_files", "alerting"]);
    });
  });
});
