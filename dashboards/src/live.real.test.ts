import { fileURLToPath } from "node:url";
import {
  describeWithTool,
  type RunningProcess,
  type RunningPrometheus,
  runNode,
  startPrometheus,
} from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { absentInTheDemo } from "./test-support/absent-in-the-demo.ts";
import { dashboardNames, type PanelQuery, queriesOf } from "./test-support/queries.ts";

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const demoFile = pathOf("../../examples/express/src/main.js");
const appFile = pathOf("test-support/app-with-tools.ts");
const question = "how does the local model answer a long prompt";
/** Two chats run and eight wait: of so many at once some are refused with 503. */
const crowd = 14;

const isException = ({ promql }: PanelQuery) => absentInTheDemo.some(({ metric }) => promql.includes(metric));

describeWithTool("prometheus", "the dashboards over a real Prometheus that scrapes real apps", () => {
  let demo: RunningProcess;
  let app: RunningProcess;
  let prometheus: RunningPrometheus;
  /** `host:port`, which is the label `instance`. */
  let demoHost: string;
  let appHost: string;

  beforeAll(async () => {
    demo = await runNode(demoFile, { env: { PORT: "0", THREADS: "1" } });
    demoHost = (await demo.waitForLine(/chat +http:\/\/(\S+)\//, 30_000))[1] ?? "";
    await demo.waitForLine(/the model is ready/, 30_000);
    app = await runNode(appFile);
    appHost = `127.0.0.1:${(await app.waitForLine(/listening on (\d+)/, 30_000))[1]}`;
    const targets = [demoHost, appHost];
    prometheus = await startPrometheus({ targets, jobName: "genai-app", scrapeIntervalMs: 1000 });
    await prometheus.queryUntil("sum(up) == 2");
    // a series has no rate before its second sample: everything happens once, is scraped, and happens again
    await drive();
    await prometheus.queryUntil('genai_app_http_requests_total{status="499"} > 0');
    await prometheus.queryUntil('genai_app_http_requests_total{status="503"} > 0');
    await drive();
    await prometheus.queryUntil('increase(genai_app_http_requests_total{status="499"}[1m]) > 0');
  });
  afterAll(async () => {
    await prometheus?.close();
    await Promise.all([demo?.stop(), app?.stop()]);
  });

  const post = (path: string, body: object, signal?: AbortSignal) =>
    fetch(`http://${demoHost}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  const chat = (signal?: AbortSignal) => post("/chat", { message: question, seed: signal ? 1 : 2 }, signal);

  /** Chats, an error, an abort, and what a browser saw. */
  async function drive(): Promise<void> {
    await (await chat()).text();
    const answers = await Promise.all(Array.from({ length: crowd }, () => chat()));
    await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toContain(503);
    const abort = new AbortController();
    const answer = await chat(abort.signal);
    await answer.body?.getReader().read();
    abort.abort();
    const vitals = { TTFB: 12, FCP: 80, LCP: 90 };
    await post("/metrics/log", { response_time_ms: 900, time_to_first_token_ms: 30, web_vitals: vitals });
  }

  it("are up", async () => {
    const up = { health: "up", lastError: "" };
    expect(await prometheus.targets()).toMatchObject([up, up]);
    expect(await prometheus.query(`up{instance="${demoHost}"}`)).toMatchObject({
      result: [{ metric: { job: "genai-app" }, value: [expect.anything(), "1"] }],
    });
  });

  const ask = (queries: readonly PanelQuery[]) =>
    Promise.all(queries.map(async ({ panel, refId, promql }) => ({ panel, refId, values: await valuesOf(promql) })));
  type Answer = Awaited<ReturnType<typeof ask>>[number];
  const isWrong = ({ values }: Answer) => values.length === 0 || values.some(Number.isNaN);
  /** All at once, sooner or later: on a busy machine a scrape may come too late, and until the next one Prometheus has no gauge. */
  const expectDataOf = (queries: readonly PanelQuery[]) =>
    expect.poll(async () => (await ask(queries)).filter(isWrong), { timeout: 20_000, interval: 500 }).toEqual([]);

  const queriesAbout = (instance: string) => (name: (typeof dashboardNames)[number]) =>
    queriesOf(name, { job: "genai-app", instance, rateInterval: "1m", range: "5m" });

  it.each(dashboardNames)("every query of %s has data in the demo, none empty, none NaN", async (name) => {
    const queries = queriesAbout(demoHost)(name).filter((query) => !isException(query));
    expect(queries.length).toBeGreaterThan(10);
    await expectDataOf(queries);
  });

  it.each(absentInTheDemo)("$metric alone has none, as $reason", async ({ metric }) => {
    const queries = dashboardNames.flatMap(queriesAbout(demoHost)).filter(({ promql }) => promql.includes(metric));
    expect(queries).not.toEqual([]);
    expect((await ask(queries)).filter(({ values }) => values.length > 0)).toEqual([]);
  });

  it("an app that calls tools, drafts, and has too many models fills those as well", async () => {
    await prometheus.queryUntil("sum(increase(genai_app_series_dropped_total[1m])) > 0");
    const queries = dashboardNames.flatMap(queriesAbout(appHost)).filter(isException);
    await expectDataOf(queries);
  });

  it("counts what was driven", async () => {
    const value = async (metric: string, labels = "") =>
      (await valuesOf(`sum(genai_app_${metric}{instance="${demoHost}"${labels}})`))[0];
    expect(await value("inferences_total", ', finish_reason="aborted"')).toBe(2);
    expect(await value("http_requests_total", ', endpoint="/chat"')).toBe(2 * (crowd + 2));
    expect(await value("active_requests")).toBe(0);
    expect(await value("active_inferences")).toBe(0);
    expect(await value("client_response_seconds_count")).toBe(2);
    const judged = (await value("inferences_total", ', finish_reason="stop"')) ?? 0;
    expect(await value("slo_inferences_total")).toBeGreaterThanOrEqual(judged);
  });

  async function valuesOf(promql: string): Promise<number[]> {
    const { resultType, result } = await prometheus.query(promql);
    if (resultType !== "vector") throw new Error(`${promql} gave a ${resultType}`);
    return result.map(({ value: [, text] }) => Number(text));
  }
});
