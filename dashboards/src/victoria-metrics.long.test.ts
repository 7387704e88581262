import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { catalogue } from "@aiwatch/core";
import { describeWithTool, needTool, runToEnd } from "@aiwatch/testkit";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { rulesYaml } from "./rules/index.ts";
import { availabilityCases } from "./rules/test-support/cases/availability-cases.ts";
import { type Case, of } from "./rules/test-support/cases/case.ts";
import { engineCases } from "./rules/test-support/cases/engine-cases.ts";
import { mostWaitCases } from "./rules/test-support/cases/most-wait-cases.ts";
import { sloCases } from "./rules/test-support/cases/slo-cases.ts";
import { telemetryCases } from "./rules/test-support/cases/telemetry-cases.ts";
import { waitingCases } from "./rules/test-support/cases/waiting-cases.ts";
import { groupsFor, judge as judgeByPromtool, testOf } from "./rules/test-support/judge.ts";

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

type Labels = Readonly<Record<string, string>>;
const chat = { job: "chat" };

/**
 * Of what the alert of a case fires there, too, whenever it fires. `changes()` counts that a series begins: two restarts of a process that it has
 * known for less than the window are three changes. `increase()` counts a small first value from 0.
 */
const firesToo: Readonly<Record<string, readonly Labels[]>> = {
  "three restarts within half an hour, and two, and three over an hour": [
    { ...chat, instance: "b:1" },
    { ...chat, instance: "c:1" },
  ],
  "a model server that was restarted three times, seen by two processes, and one that was twice": [
    { ...chat, server: "two" },
  ],
  "one fault of AIWatch's own, for half an hour; none; and one that happened before the first scrape, which no rate can see":
    [{ ...chat, instance: "a:1", source: "route" }],
};

/** The tool's clock begins in 2000, Prometheus's in 1970. */
const began = Date.UTC(2000, 0, 1) / 1000;
const byItsClock = ([name, samples]: [string, string]): [string, string] => {
  const later = () => samples.replace(/^\d+/, (seconds) => String(Number(seconds) + began));
  return [name, name.startsWith("process_start_time_seconds") ? later() : samples];
};

/** Cases that stand on a threshold. Its rates do not extrapolate, and a window of its holds one value more. */
const onTheEdge: Readonly<Record<string, (one: Case) => Partial<Case>>> = {
  "six clean hours, then all is bad: 14.4 times over an hour is reached after 44 minutes, not after 40; le=2 of the text format counts, too":
    ({ fires = [] }) => ({
      // one evaluation later
      fires: fires.flatMap(({ at, of }) =>
        at === "6h48m"
          ? [
              { at, of: [] },
              { at: "6h48m30s", of },
            ]
          : [{ at, of }],
      ),
    }),
  "little traffic: a late reader each half minute are ten within five minutes, one each three quarters of a minute are not":
    ({ fires = [] }) => ({ fires: fires.map(({ at }) => ({ at, of: [] })) }),
  "one slow request of an idle model beside a busy one: the tile is not red, nobody is woken, and the objective has its budget":
    ({ values = [] }) => ({
      values: values.map(({ are, ...each }) => {
        const counted = Object.entries(are).map(([labels, value]) => [labels, value === 40 ? 41 : value]);
        return { ...each, are: Object.fromEntries(counted) };
      }),
    }),
};

/** A case as VictoriaMetrics has to judge it. */
function there({ fires = [], series, ...one }: Case): Case {
  const too = firesToo[one.name] ?? [];
  return {
    ...one,
    series: Object.fromEntries(
      one.alert === "AIWatchMemoryGrows" ? Object.entries(series).map(byItsClock) : Object.entries(series),
    ),
    fires: fires.map(({ at, of }) => ({ at, of: of.length === 0 ? of : [...of, ...too] })),
  };
}

const cases = [...sloCases, ...mostWaitCases, ...availabilityCases, ...waitingCases, ...engineCases, ...telemetryCases];

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
    evaluation_interval: one.evaluated ?? "30s",
    group_eval_order: needed.map(({ name }) => name),
  };
  await writeFile(join(folder, "test.json"), JSON.stringify({ ...file, tests: [{ ...test, metricsql_expr_test }] }));
  const { vmalertTool } = await needTool("victoria-metrics");
  return runToEnd(vmalertTool, ["unittest", "--files", "test.json"], { cwd: folder });
}

describeWithTool("victoria-metrics", "VictoriaMetrics", () => {
  const isAsPrometheus = ({ name }: Case) => firesToo[name] === undefined && onTheEdge[name] === undefined;
  it("is known to differ in cases that there are", () => {
    const names = new Set(cases.map(({ name }) => name));
    expect([...Object.keys(firesToo), ...Object.keys(onTheEdge)].filter((name) => !names.has(name))).toEqual([]);
  });

  it.each(cases.filter(isAsPrometheus))("as Prometheus: $alert: $name", async (one) => {
    const { code, stdout, stderr } = await judge(there(one));
    expect(code, stdout + stderr).toBe(0);
  });

  it.each(cases.filter(({ name }) => firesToo[name] !== undefined))("more than Prometheus: $alert", async (one) => {
    const { code, stdout, stderr } = await judge(there(one));
    expect(code, stdout + stderr).toBe(0);
    expect(await judge(one)).toMatchObject({ code: 1 });
  });

  it.each(cases.filter(({ name }) => onTheEdge[name] !== undefined))("on a threshold: $alert: $name", async (one) => {
    const { code, stdout, stderr } = await judge(there({ ...one, ...onTheEdge[one.name]?.(one) }));
    expect(code, stdout + stderr).toBe(0);
    expect(await judge(there(one))).toMatchObject({ code: 1 });
  });

  it("takes a small number at a process's first scrape, and at the first after an outage, for growth, which Prometheus leaves alone", async () => {
    const ofModel = (model: string) => `{job="chat", model="${model}", slo="first_token"}`;
    const counted = (are: Readonly<Record<string, number>>): Case => ({
      name: "answers of before the first scrape",
      alert: "AIWatchErrorBudgetBurnsFast",
      every: "30s",
      series: {
        [of(catalogue.activeRequests)]: "_x20 0x60",
        [of(catalogue.requestFirstToken, { model: "m" }, "_count")]: "_x20 9x60",
        [of(catalogue.requestFirstToken, { model: "m", le: "2.0" }, "_bucket")]: "_x20 4x60",
        [of(catalogue.activeRequests, { instance: "back:1" })]: "_x20 0x10 stale _x18 0x40",
        [of(catalogue.requestFirstToken, { model: "back", instance: "back:1" }, "_count")]: "_x20 9x10 stale _x18 9x40",
      },
      values: [{ promql: 'round(aiwatch:slo_events:count1h{slo="first_token"}) > 0', at: "30m", are }],
    });
    // 9 at first, and 9 once more, of which one evaluation of ten is missed
    const there = { [ofModel("m")]: 9, [ofModel("back")]: 17 };
    const judged = [await judge(counted(there)), await judgeByPromtool(counted({}))];
    for (const { code, stdout, stderr } of judged) expect(code, stdout + stderr).toBe(0);
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
