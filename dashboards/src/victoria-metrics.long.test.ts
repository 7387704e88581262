import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeWithTool, needTool, runToEnd } from "@aiwatch/testkit";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

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

describeWithTool("victoria-metrics", "VictoriaMetrics", () => {
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
