import { fileURLToPath } from "node:url";
import { describeWithTool, promtool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { dashboardNames, queriesOf } from "./test-support/queries.ts";
import { checkQueries, evaluate, whenIdle, whileBusy } from "./test-support/rule-files.ts";

const passed = { code: 0 };
const isThere = (promql: string) => `count(${promql}) > bool 0`;
/** NaN alone differs from itself. */
const notNumbers = (promql: string) => `count((${promql}) != (${promql}))`;

describeWithTool("prometheus", "Prometheus judges", () => {
  it("the scrape configuration", async () => {
    const config = fileURLToPath(new URL("../prometheus/prometheus.yml", import.meta.url));
    expect(await promtool(["check", "config", config])).toMatchObject(passed);
  });

  it.each(dashboardNames)("every query of %s valid", async (name) => {
    const queries = queriesOf(name, { model: ["tiny-model", "qwen3.5"] }).map(({ promql }) => promql);
    const { code, stdout, stderr } = await checkQueries(promtool, queries);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`SUCCESS: ${queries.length} rules found`);
  });

  it.each(dashboardNames)("no query of %s empty with traffic, and none NaN with it or without", async (name) => {
    const queries = queriesOf(name, { job: "genai-app", instance: "app:8080", range: "3m" });
    const judged = await evaluate(
      promtool,
      queries.flatMap(({ promql }) => [
        { promql: isThere(promql), at: whileBusy, value: 1 },
        { promql: notNumbers(promql), at: whileBusy, value: "none" },
        { promql: notNumbers(promql), at: whenIdle, value: "none" },
      ]),
    );
    expect(judged, judged.stdout + judged.stderr).toMatchObject(passed);
  });

  it("means, goodput, budgets and restarts to be what was observed", async () => {
    const queries = dashboardNames.flatMap((name) => queriesOf(name, { job: "genai-app" }));
    const rounded = (title: string, refId = "A") => {
      const { promql = "" } = queries.find((query) => query.panel === title && query.refId === refId) ?? {};
      return `round(${promql}, 0.0001)`;
    };
    const second = { at: whileBusy, value: 1 } as const;
    const judged = await evaluate(promtool, [
      // each phase has a second of each chat here
      ...[..."ABCDEF"].map((refId) => ({ ...second, promql: rounded("Mean time by phase", refId) })),
      // of five finish reasons that come equally often, one is the caller's and one a failure
      { promql: rounded("Failed inferences"), at: whileBusy, value: 0.25 },
      { promql: rounded("Refused"), at: whileBusy, value: 0.25 },
      { promql: rounded("Unreachable"), at: whileBusy, value: 0 },
      { promql: rounded("Processes"), at: whileBusy, value: 1 },
      { promql: rounded("Tokens per decode"), at: whileBusy, value: 4 },
      { promql: rounded("Goodput"), at: whileBusy, value: 0.5 },
      { promql: rounded("Accepted drafts"), at: whileBusy, value: 0.3333 },
      { promql: rounded("Restarts"), at: whileBusy, value: 1 },
      // of four endings that are judged one fails, and one of a hundred may: 345.6 of 1382, where the least budget is 20
      { promql: rounded("Inferences burn"), at: whileBusy, value: 25 },
      { promql: `sum(${rounded("Inferences budget")})`, at: whileBusy, value: -16.28 },
      { promql: rounded("First token burn"), at: whileBusy, value: 0 },
      { promql: `sum(${rounded("First token budget")})`, at: whileBusy, value: 1 },
    ]);
    expect(judged, judged.stdout + judged.stderr).toMatchObject(passed);
  });

  it("what is not guarded to be NaN: the test above can fail", async () => {
    const bare = queriesOf("llm-dashboard")
      .map(({ promql }) => /^(histogram_quantile\(.+\)) >= 0$/.exec(promql)?.[1] ?? "")
      .filter((promql) => promql.includes("by (le) (rate(genai_app_event_loop_delay_seconds_bucket"))
      .filter((promql) => promql.includes("[5m]"));
    expect(bare).toHaveLength(1);
    const judged = await evaluate(
      promtool,
      bare.map((promql) => ({ promql: notNumbers(promql), at: whenIdle, value: 1 })),
    );
    expect(judged, judged.stdout + judged.stderr).toMatchObject(passed);
  });

  it("an invalid query to be invalid", async () => {
    expect(await checkQueries(promtool, ["rate(sum(genai_app_errors_total)[5m])"])).toMatchObject({ code: 1 });
  });
});
