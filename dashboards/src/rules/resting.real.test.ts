import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "@aiwatch/core";
import { describeWithTool, promtool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { catalogueSeries } from "../test-support/series.ts";
import { rulesFile } from "./index.ts";

const isCounter = (name: string) => /_(total|bucket|sum|count)$/.test(name);
/** What is 1 while all is well. */
const ones: readonly string[] = ["up", catalogue.modelServerUp.name];

/** Counters that are seen first with old counts, rest for an hour, and begin anew with a restart. Nothing happens in all that time. */
function resting(series: string): string {
  const name = series.slice(0, series.indexOf("{"));
  if (isCounter(name)) return "_x5 70x60 0x60";
  if (name === "process_start_time_seconds") return "_x5 0x60 3900x60";
  return `_x5 ${ones.includes(name) ? 1 : 0}x120`;
}

async function firing(valuesOf: (series: string) => string, exp_samples: object[]) {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-resting-"));
  const input_series = catalogueSeries()
    .filter(({ series }) => !series.startsWith("ALERTS{"))
    .map(({ series }) => ({ series, values: valuesOf(series) }));
  const expr = 'count by (alertname) (max_over_time(ALERTS{alertname!="WatchdogOfAIWatch", alertstate="firing"}[3h]))';
  const promql_expr_test = [{ expr, eval_time: "2h5m", exp_samples }];
  const test = {
    rule_files: [rulesFile],
    evaluation_interval: "1m",
    tests: [{ interval: "1m", input_series, promql_expr_test }],
  };
  try {
    await writeFile(join(folder, "test.json"), JSON.stringify(test));
    return await promtool(["test", "rules", join(folder, "test.json")]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describeWithTool("prometheus", "an app without traffic, with every metric and two of each label", () => {
  it("has no alert, when it is young, rests and is restarted", async () => {
    const { code, stdout, stderr } = await firing(resting, []);
    expect(code, stdout + stderr).toBe(0);
  });

  it("has one where something happens: the test above can fail", async () => {
    const dropped = ({ series }: { series: string }) =>
      series.includes("spans_dropped") ? "0+1x125" : resting(series);
    const { code } = await firing((series) => dropped({ series }), []);
    expect(code).toBe(1);
  });
});
