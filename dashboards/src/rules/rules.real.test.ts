import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithTool, promtool } from "@aiwatch/testkit";
import { expect, it, onTestFinished } from "vitest";
import { type AlertRule, rulesFile, rulesFor, rulesYaml } from "./index.ts";
import { availabilityCases } from "./test-support/cases/availability-cases.ts";
import { cases } from "./test-support/cases/index.ts";
import { longCases } from "./test-support/cases/slo-cases.ts";
import { judge } from "./test-support/judge.ts";

describeWithTool("prometheus", "Prometheus judges the rules", () => {
  it("valid, as they are committed", async () => {
    const { code, stdout, stderr } = await promtool(["check", "rules", rulesFile]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`SUCCESS: ${rulesFor().flatMap(({ rules }) => rules).length} rules found`);
  });

  it.each(cases)("$alert: $name", async (one) => {
    const { code, stdout, stderr } = await judge(one);
    expect(code, stdout + stderr).toBe(0);
  });

  it("an alert's link to chosen variables of a dashboard, whatever is in its labels", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aiwatch-links-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const rules = rulesFor({ grafanaUrl: "https://grafana.example" }).map((group) => ({
      ...group,
      rules: group.rules.filter((rule) => !("alert" in rule) || rule.alert === "AIWatchRestarting"),
    }));
    await writeFile(join(folder, "rules.yaml"), rulesYaml(rules));
    const labels = 'job="chat & co", instance="a:1"';
    const [{ annotations }] = rules.flatMap((group) => group.rules.filter((rule) => "alert" in rule)) as [AlertRule];
    const test = {
      rule_files: ["rules.yaml"],
      tests: [
        {
          interval: "1m",
          input_series: [
            { series: `process_start_time_seconds{${labels}}`, values: "1x5 2x5 3x5 4x14" },
            { series: `genai_app_active_requests{${labels}}`, values: "0x60" },
          ],
          alert_rule_test: [
            {
              eval_time: "28m",
              alertname: "AIWatchRestarting",
              exp_alerts: [
                {
                  exp_labels: { severity: "warning", job: "chat & co", instance: "a:1" },
                  exp_annotations: {
                    ...annotations,
                    summary: "a:1 of chat & co was restarted 3 times within 30 minutes",
                    dashboard_url:
                      "https://grafana.example/d/aiwatch-fleet?from=now-3h&to=now&var-job=chat+%26+co&var-instance=a%3A1",
                  },
                },
              ],
            },
          ],
        },
      ],
    };
    await writeFile(join(folder, "test.json"), JSON.stringify(test));
    const { code, stdout, stderr } = await promtool(["test", "rules", join(folder, "test.json")]);
    expect(code, stdout + stderr).toBe(0);
  });

  it("a case that does not hold not to hold: the tests above can fail", async () => {
    const [one] = availabilityCases;
    const wrong = { ...one!, fires: [{ at: "12m", of: [{ job: "other" }] }] };
    expect(await judge(wrong)).toMatchObject({ code: 1, stderr: expect.stringContaining('job="chat"') });
  });

  it("every alert, on both sides of its threshold", () => {
    const alerts = rulesFor().flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [rule.alert] : [])));
    const fires = [...cases, ...longCases].filter((one) => one.fires?.some(({ of }) => of.length > 0));
    expect([...new Set(fires.map(({ alert }) => alert))].toSorted()).toEqual(alerts.toSorted());
  });
});
