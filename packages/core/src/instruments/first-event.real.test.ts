import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithTool, promtool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { catalogue } from "../catalogue/reference.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";

/** The series of a scrape, with their values. */
async function seriesOf({ registry }: TestAiwatch): Promise<Map<string, string>> {
  const lines = (await registry.getSingleMetricAsString(catalogue.errors.name)).split("\n");
  const samples = lines.filter((line) => line.startsWith(catalogue.errors.name));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)]));
}

/** What Prometheus makes of queries five minutes after something happened, five minutes after the process's start. */
async function judge(before: Map<string, string>, after: Map<string, string>, expected: Record<string, number>) {
  const input_series = Array.from(after, ([series, value]) => {
    const known = before.get(series);
    return { series, values: `${known === undefined ? "_" : known}x19 ${value}x19` };
  });
  const promql_expr_test = Object.entries(expected).map(([expr, value]) => ({
    expr,
    eval_time: "9m",
    exp_samples: [{ labels: '{operation="inference"}', value }],
  }));
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-first-event-"));
  try {
    const path = join(folder, "test.json");
    const tests = [{ interval: "15s", input_series, promql_expr_test }];
    await writeFile(path, JSON.stringify({ rule_files: [], evaluation_interval: "15s", tests }));
    return await promtool(["test", "rules", path]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describeWithTool("prometheus", "the query that the reference gives to alerts", () => {
  it("sees the first failure of a class that nobody knew, which an increase of the series does not", async () => {
    const test = createTestAiwatch();
    const before = await seriesOf(test);
    test.aiwatch.startInference({ model: "m" }).fail(new TypeError("x"));
    const query = /`(increase\(sum [^`]+)`/.exec(catalogue.errors.definition)?.[1] ?? "";
    const inInference = 'operation="inference"';
    const judged = await judge(before, await seriesOf(test), {
      [`sum by (operation) (${query.replace("_total)", `_total{${inInference}})`)})`]: 1,
      [`sum by (operation) (increase(${catalogue.errors.name}{${inInference}}[5m]))`]: 0,
    });
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
  });
});
