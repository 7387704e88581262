import { fileURLToPath } from "node:url";
import {
  describeWithTool,
  type RunningProcess,
  type RunningPrometheus,
  runNode,
  startPrometheus,
} from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { absentInTheDemo, isOfAlerts, isOfTheRules } from "./test-support/absent-in-the-demo.ts";
import {
  ask,
  crowd,
  driven,
  expectDataOf,
  expectNoDataOf,
  type LiveDemo,
  queriesAbout,
  rounds,
  startDemo,
  valuesOf,
} from "./test-support/live-demo.ts";
import { dashboardNames, type PanelQuery, queriesOf } from "./test-support/queries.ts";

const appFile = fileURLToPath(new URL("test-support/app-with-tools.ts", import.meta.url));

/** Whether it asks for what Prometheus scraped, besides what the rules made of it. */
const asksBesidesRules = ({ promql }: PanelQuery) =>
  /\b(up|genai_app_\w+)\{/.test(promql.replaceAll(/\b(aiwatch|job\w*):[\w:]+/g, ""));

const isException = ({ promql }: PanelQuery) => absentInTheDemo.some(({ metric }) => promql.includes(metric));

describeWithTool("prometheus", "the dashboards over a real Prometheus that scrapes real apps", () => {
  let demo: LiveDemo;
  let app: RunningProcess;
  let appHost: string;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    demo = await startDemo();
    app = await runNode(appFile);
    appHost = `127.0.0.1:${(await app.waitForLine(/listening on (\d+)/, 30_000))[1]}`;
    prometheus = await driven(demo, [demo.host, appHost]);
  });
  afterAll(async () => {
    await prometheus?.close();
    await Promise.all([demo?.process.stop(), app?.stop()]);
  });

  it("are up", async () => {
    const up = { health: "up", lastError: "" };
    expect(await prometheus.targets()).toMatchObject([up, up]);
    expect(await prometheus.query(`up{instance="${demo.host}"}`)).toMatchObject({
      result: [{ metric: { job: "genai-app" }, value: [expect.anything(), "1"] }],
    });
  });

  it.each(dashboardNames)("every query of %s has data in the demo, none empty, none NaN", async (name) => {
    const queries = queriesAbout(demo.host)(name).filter((query) => !isException(query) && !isOfAlerts(query.promql));
    expect(queries.length).toBeGreaterThan(10);
    await expectDataOf(prometheus, queries);
  });

  it.each(absentInTheDemo)("$metric alone has none, as $reason", async ({ metric }) => {
    const queries = dashboardNames.flatMap(queriesAbout(demo.host)).filter(({ promql }) => promql.includes(metric));
    expect(queries).not.toEqual([]);
    await expectNoDataOf(prometheus, queries);
  });

  it("an app that calls tools, drafts, and has too many models fills those as well", async () => {
    await prometheus.queryUntil("sum(increase(genai_app_series_dropped_total[1m])) > 0");
    const queries = dashboardNames.flatMap(queriesAbout(appHost)).filter(isException);
    await expectDataOf(prometheus, queries);
  });

  it("what the rules record is absent where they are not loaded, what is told without them is there, and nothing fails", async () => {
    const bare = await startPrometheus({ targets: [demo.host], jobName: "genai-app", scrapeIntervalMs: 1000 });
    try {
      await bare.queryUntil("sum(up) == 1");
      const queries = dashboardNames.flatMap(queriesAbout(demo.host)).filter(({ promql }) => isOfTheRules(promql));
      const [either, theirs] = [queries.filter(asksBesidesRules), queries.filter((query) => !asksBesidesRules(query))];
      expect([either.length, theirs.length].map((count) => count > 3)).toEqual([true, true]);
      expect((await ask(bare, theirs)).filter(({ values }) => values.length > 0)).toEqual([]);
      await expectDataOf(bare, either);
    } finally {
      await bare.close();
    }
  });

  it("a process that went away is unreachable, and no other program's target is", async () => {
    const queries = dashboardNames.flatMap((name) => queriesOf(name, { rateInterval: "1m", range: "5m" }));
    const { promql = "" } = queries.find(({ panel }) => panel === "Unreachable") ?? {};
    expect(await valuesOf(prometheus, promql)).toEqual([0]);
    await app.stop();
    await prometheus.queryUntil(`up{instance="${appHost}"} == 0`);
    expect(await valuesOf(prometheus, promql)).toEqual([1]);
    // of nothing that is there, none is unreachable
    expect(await valuesOf(prometheus, promql.replaceAll('job=~".+"', 'job=~"another"'))).toEqual([]);
  });

  it("counts what was driven", async () => {
    const value = async (metric: string, labels = "") =>
      (await valuesOf(prometheus, `sum(genai_app_${metric}{instance="${demo.host}"${labels}})`))[0];
    expect(await value("inferences_total", ', finish_reason="aborted"')).toBe(rounds);
    expect(await value("http_requests_total", ', endpoint="/chat"')).toBe(rounds * (crowd + 2));
    expect(await value("active_requests")).toBe(0);
    expect(await value("active_inferences")).toBe(0);
    expect(await value("client_response_seconds_count")).toBe(rounds);
    const judged = (await value("inferences_total", ', finish_reason="stop"')) ?? 0;
    expect(await value("slo_inferences_total")).toBeGreaterThanOrEqual(judged);
  });
});
