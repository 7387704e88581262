import { fileURLToPath } from "node:url";
import {
  describeWithTool,
  type RunningProcess,
  type RunningPrometheus,
  runNode,
  startPrometheus,
} from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dashboardNames, queriesOf } from "./queries.ts";

const demo = fileURLToPath(new URL("../../examples/express/src/main.js", import.meta.url));
const question = "how does the local model answer a long prompt";
/** Two chats run and eight wait: of so many at once some are refused with 503. */
const crowd = 14;

describeWithTool("prometheus", "the dashboards over a real Prometheus that scrapes the demo", () => {
  let app: RunningProcess;
  let prometheus: RunningPrometheus;
  let url: string;

  beforeAll(async () => {
    app = await runNode(demo, { env: { PORT: "0", THREADS: "1" } });
    url = (await app.waitForLine(/chat +(http:\/\/\S+)\//, 30_000))[1] ?? "";
    await app.waitForLine(/the model is ready/, 30_000);
    prometheus = await startPrometheus({ targets: [new URL(url).host], jobName: "genai-app" });
    await prometheus.queryUntil("up == 1");
    // a series has no rate before its second sample: everything happens once, is scraped, and happens again
    await drive();
    await prometheus.queryUntil('genai_app_http_requests_total{status="499"} > 0');
    await prometheus.queryUntil('genai_app_http_requests_total{status="503"} > 0');
    await drive();
    await prometheus.queryUntil('increase(genai_app_http_requests_total{status="499"}[1m]) > 0');
  });
  afterAll(async () => {
    await prometheus?.close();
    await app?.stop();
  });

  const chat = (signal?: AbortSignal) =>
    fetch(`${url}/chat`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message: question, seed: signal ? 1 : 2 }),
      ...(signal && { signal }),
    });

  /** Chats, an error and an abort. */
  async function drive(): Promise<void> {
    await (await chat()).text();
    const answers = await Promise.all(Array.from({ length: crowd }, () => chat()));
    await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toContain(503);
    const abort = new AbortController();
    const answer = await chat(abort.signal);
    await answer.body?.getReader().read();
    abort.abort();
  }

  it("is up", async () => {
    expect(await prometheus.targets()).toMatchObject([{ health: "up", lastError: "" }]);
    expect(await prometheus.query("up")).toMatchObject({
      result: [{ metric: { job: "genai-app" }, value: [expect.anything(), "1"] }],
    });
  });

  it.each(dashboardNames)("answers every query of %s with data, none empty, none NaN", async (name) => {
    const queries = queriesOf(name, { job: "genai-app", rateInterval: "1m", range: "5m" });
    expect(queries.length).toBeGreaterThan(10);
    const answers = await Promise.all(
      queries.map(async ({ panel, refId, promql }) => ({ panel, refId, values: await valuesOf(promql) })),
    );
    expect(answers.filter(({ values }) => values.length === 0 || values.some(Number.isNaN))).toEqual([]);
  });

  it("counts what was driven", async () => {
    const value = async (promql: string) => (await valuesOf(promql))[0];
    expect(await value('sum(genai_app_inferences_total{finish_reason="aborted"})')).toBe(2);
    expect(await value('sum(genai_app_http_requests_total{endpoint="/chat"})')).toBe(2 * (crowd + 2));
    expect(await value("genai_app_active_requests")).toBe(0);
  });

  async function valuesOf(promql: string): Promise<number[]> {
    const { resultType, result } = await prometheus.query(promql);
    if (resultType !== "vector") throw new Error(`${promql} gave a ${resultType}`);
    return result.map(({ value: [, text] }) => Number(text));
  }
});
