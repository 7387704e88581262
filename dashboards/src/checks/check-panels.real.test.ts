import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAiwatch, metricsHandler } from "@aiwatch/core";
import {
  describeWithTool,
  type RunningPrometheus,
  startPrometheus,
  type TestServer,
  testServer,
} from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePromql } from "../promql/selectors.ts";
import { rulesFile } from "../rules/index.ts";
import { connectPrometheus } from "../servers/prometheus.ts";
import { cli } from "../test-support/run-cli.ts";
import { type CheckPanelsOptions, checkPanels, type PanelsReport } from "./check-panels.ts";
import { whyEmpty } from "./why-empty.ts";

/** An app with one model, which answered twice; what is left of its exposition is what `change` leaves. */
async function startApp(change: (text: string) => string = (text) => text): Promise<TestServer> {
  const aiwatch = createAiwatch({ service: "checked" });
  for (let round = 0; round < 2; round += 1) {
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.token();
    inference.end({ unified: "stop" }, { promptTokens: 3, outputTokens: 1 });
  }
  const metrics = await testServer(metricsHandler(aiwatch));
  const app = await testServer(async (_, response) => {
    const text = await (await fetch(`${metrics.url}/metrics`)).text();
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(change(text));
  });
  const close = async () => {
    await Promise.all([app.close(), metrics.close(), aiwatch.close()]);
  };
  return { ...app, close };
}

const panelOf = ({ panels }: PanelsReport, title: string) => {
  const found = panels.find(({ panel }) => panel === title);
  if (found === undefined) throw new Error(`no panel "${title}"`);
  return found;
};

/** On a busy machine a scrape may come too late, and until the next one there are no gauges. */
async function settled<Result>(
  check: () => Promise<Result>,
  isLate: (result: Result) => readonly unknown[],
): Promise<Result> {
  let result: Result | undefined;
  const late = async () => {
    result = await check();
    return isLate(result);
  };
  await expect.poll(late, { timeout: 60_000, interval: 500 }).toEqual([]);
  return result as Result;
}

const settledReport = (options: CheckPanelsOptions): Promise<PanelsReport> =>
  settled(
    () => checkPanels(options),
    ({ panels }) => panels.filter(({ state }) => state === "not-scraped-now"),
  );

const rules = {
  groups: [
    {
      name: "ours",
      rules: [
        { record: "ours:active:sum", expr: "sum(genai_app_active_requests)" },
        { record: "ours:nothing:sum", expr: "sum(genai_app_none)" },
        { record: "ours:failing:sum", expr: "up * on () group_left () genai_app_errors_total" },
      ],
    },
  ],
};

describeWithTool("prometheus", "checkPanels against a real Prometheus", () => {
  let app: TestServer;
  let folder: string;
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aiwatch-check-"));
    const ruleFile = join(folder, "rules.json");
    await writeFile(ruleFile, JSON.stringify(rules));
    app = await startApp();
    prometheus = await startPrometheus({
      targets: [app.url],
      scrapeIntervalMs: 500,
      jobName: "genai-app",
      ruleFiles: [ruleFile, rulesFile],
    });
    await prometheus.queryUntil("ours:active:sum");
    await prometheus.queryUntil("count_over_time(genai_app_active_requests[1m]) > 2");
  });
  afterAll(async () => {
    await prometheus?.close();
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("finds the data of an app that is scraped, and tells traffic that did not come from what is not there", async () => {
    const calls: number[][] = [];
    const report = await settledReport({
      url: prometheus.url,
      job: "genai-app",
      onPanel: (...call) => calls.push(call),
    });
    expect(panelOf(report, "Active requests")).toMatchObject({ state: "data", message: "", board: "llm-dashboard" });
    expect(panelOf(report, "Aborted")).toMatchObject({ state: "no-traffic" });
    expect(panelOf(report, "Goodput")).toMatchObject({
      state: "not-exposed",
      message: "no app that is scraped has genai_app_slo_inferences_total. Absent where no objective is configured.",
    });
    expect(panelOf(report, "Tool calls").message).toMatch(
      / has genai_app_tool_calls_total. It is there from its first value on.$/,
    );
    expect(calls.at(-1)).toEqual([report.panels.length, report.panels.length]);
    const states = new Set(report.panels.map(({ state }) => state));
    expect([...states].sort()).toEqual(["data", "no-traffic", "not-exposed"]);
  });

  it("writes it as lines, as JSON, and as an exit code", async () => {
    const check = (...more: string[]) =>
      cli("check", "--prometheus", prometheus.url, "--board", "llm-dashboard", ...more);
    const lines = await settled(check, (run) => run.out.match(/NOT SCRAPED NOW.*/g) ?? []);
    expect(lines.code).toBe(0);
    expect(lines.out).toMatch(/^LLM Performance \(llm-dashboard\)\n/);
    expect(lines.out).toMatch(/^ {2}ok +Active requests$/m);
    expect(lines.out).toMatch(/^ {2}not exposed +Tool calls: no app that is scraped has genai_app_tool_calls_total/m);
    expect(lines.err).toMatch(/: \d+ panels, \d+ with data, \d+ without traffic, \d+ not exposed; 0 to look at$/);
    expect(lines.progress.at(-1)).toMatch(/^checking panels: (\d+) of \1$/);
    const strict = await settled(
      () => check("--strict", "--json"),
      (run) => run.out.match(/not-scraped-now/g) ?? [],
    );
    expect(strict).toMatchObject({ code: 1, err: expect.stringMatching(/ (\d+) not exposed; \1 to look at$/) });
    expect(await check("--strict", "--ignore", "not-exposed", "not-scraped-now")).toMatchObject({ code: 0 });
    const report = JSON.parse(strict.out) as PanelsReport;
    expect(panelOf(report, "Active requests").queries).toMatchObject([{ refId: "A", state: "data" }]);
    expect(new Set(report.panels.map(({ board }) => board))).toEqual(new Set(["llm-dashboard"]));
  });

  it("names the jobs that there are where the one asked for is not", async () => {
    const report = await checkPanels({ url: prometheus.url, job: "gen-ai" });
    expect(panelOf(report, "Active requests")).toMatchObject({
      state: "job-not-found",
      message: `no job "gen-ai" was scraped in the last 1h; AIWatch's metrics are in job "genai-app"`,
    });
    expect(report.panels.filter(({ state }) => !["data", "job-not-found"].includes(state))).toEqual([]);
    expect(await cli("check", "--prometheus", prometheus.url, "--job", "gen-ai")).toMatchObject({ code: 1 });
  });

  it.each([
    ["ours:unknown:sum", "rules-not-loaded", /no rule records ours:unknown:sum: give prometheus\/rules/],
    ["ours:nothing:sum", "no-traffic", /is loaded, and recorded nothing yet/],
    ["ours:failing:sum", "rule-failing", /the rule ours:failing:sum fails: .+/],
    [
      'sum(rate(genai_app_active_requests{le="3"}[5m]))',
      "label-filtered",
      /no series of .* has the label le: does a relabelling/,
    ],
    ['genai_app_active_requests{job="x"}', "label-filtered", /has job="x"; its job is "genai-app"/],
    ['genai_app_inferences_total{model="other"}', "no-traffic", /has model="other"; its model is "tiny"/],
    [
      'genai_app_first_token_latency_seconds_bucket{le="0.3"}',
      "label-filtered",
      /has le="0.3"; its le is "\+Inf", .* more$/,
    ],
    ['ALERTS{alertstate="firing"}', "no-traffic", /no alert is pending or firing/],
    ["rate(genai_app_inferences_total[5m]) > 9", "no-traffic", /is there, and nothing happened that this could show/],
    ["genai_app_none or ours:unknown:sum", "rules-not-loaded", /ours:unknown/],
  ])("%s: %s", async (promql, reason, message) => {
    const connected = await connectPrometheus({ url: prometheus.url });
    const names = new Set(await connected.labelValues("__name__"));
    const known = {
      prometheus: connected,
      names,
      rules: await connected.rules(),
      range: "1h",
      absence: () => undefined,
    };
    const why = await whyEmpty(parsePromql(promql).selectors, known);
    expect(why).toEqual({ reason, message: expect.stringMatching(message) });
  });
});

// at the same time: a Prometheus scrapes nothing for five seconds, and a target that is gone is found by the quarter of a minute
describeWithTool("prometheus", "checkPanels where the scrape is amiss", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const each of opened.reverse()) await each.close();
  });

  async function scraping(change: (text: string) => string) {
    const app = await startApp(change);
    const prometheus = await startPrometheus({ targets: [app.url], scrapeIntervalMs: 500, jobName: "genai-app" });
    opened.push(app, prometheus);
    await prometheus.queryUntil("up == 1");
    return { app, prometheus };
  }

  it.concurrent("finds a label that a relabelling drops, and rules that are not loaded", async () => {
    const { prometheus } = await scraping((text) => text.replaceAll(/model="[^"]*",?/g, ""));
    await prometheus.queryUntil("genai_app_inferences_total");
    const report = await settledReport({ url: prometheus.url });
    const message = "no series of genai_app_active_inferences has the label model: does a relabelling drop it?";
    expect(panelOf(report, "Active inferences")).toMatchObject({ state: "label-filtered", message });
    expect(panelOf(report, "Error budget burn")).toMatchObject({ state: "rules-not-loaded" });
    const noAlert = expect.stringMatching(/no alert is defined/);
    expect(panelOf(report, "Alerts")).toMatchObject({ state: "rules-not-loaded", message: noAlert });
  });

  it.concurrent("finds an app that is scraped and is not ours, and one that is gone", async () => {
    let isGone = false;
    const [{ prometheus }, other] = await Promise.all([
      scraping((text) => (isGone ? "" : text)),
      scraping(() => "teas_total 1\n"),
    ]);
    await prometheus.queryUntil("genai_app_active_requests");
    await prometheus.queryUntil("max_over_time(timestamp(genai_app_active_requests)[1h:15s])");
    isGone = true;
    await prometheus.queryUntil("genai_app_active_requests", ({ result }) => result.length === 0);
    const report = await checkPanels({ url: prometheus.url, job: "genai-app" });
    const message = expect.stringMatching(
      /^genai_app_active_requests has no sample of now; the last is \d+ s old: is the app up\?$/,
    );
    expect(panelOf(report, "Active requests")).toMatchObject({ state: "not-scraped-now", message });

    const alien = await checkPanels({ url: other.prometheus.url, job: "genai-app" });
    expect(panelOf(alien, "Active requests")).toMatchObject({
      state: "never-scraped",
      message: expect.stringContaining('job "genai-app" is scraped, and has no genai_app_active_requests'),
    });
    const everyJob = await cli("check", "--prometheus", other.prometheus.url);
    expect(everyJob).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^ {2}NEVER SCRAPED +Active requests: genai_app_active_requests was never scraped/m),
    });
  });
});

describe("checkPanels, asked wrongly", () => {
  it("refuses a dashboard that it does not have", async () => {
    const wrong = checkPanels({ url: "http://127.0.0.1:9090", boards: ["llm"] });
    await expect(wrong).rejects.toThrow(/no dashboard "llm": there are .*llm-dashboard/);
  });
});
