import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type RunningProcess, type RunningPrometheus, runNode, startPrometheus } from "@aiwatch/testkit";
import { expect } from "vitest";
import { rulesFile } from "../rules/index.ts";
import { type dashboardNames, type PanelQuery, queriesOf } from "./queries.ts";

const demoFile = fileURLToPath(new URL("../../../examples/express/src/main.js", import.meta.url));
const question = "how does the local model answer a long prompt";
/** Two chats run and eight wait: of so many at once some are refused with 503. */
export const crowd = 14;
/** How often everything happens to the demo. */
export const rounds = 2;

/** The demo, which chats are sent to. */
export interface LiveDemo {
  readonly process: RunningProcess;
  /** `host:port`, which is the label `instance`. */
  readonly host: string;
}

export async function startDemo(env: Record<string, string> = {}): Promise<LiveDemo> {
  const process = await runNode(demoFile, { env: { PORT: "0", THREADS: "1", ...env } });
  const [, host = ""] = await process.waitForLine(/chat +http:\/\/(\S+)\//, 30_000);
  await process.waitForLine(/the model is ready|the model server answers/, 30_000);
  return { process, host };
}

/**
 * A Prometheus with AIWatch's rules that scrapes the targets, and has seen everything happen to the demo more than once: a series has no rate
 * before its second sample. It evaluates the rules every second and not every half minute, so that what they count of bad events is too much;
 * promtool judges the counts, in the tests of the rules.
 */
export async function driven({ host }: LiveDemo, targets: readonly string[]): Promise<RunningPrometheus> {
  const prometheus = await startPrometheus({
    targets,
    jobName: "genai-app",
    scrapeIntervalMs: 1000,
    ruleFiles: [rulesFile],
    ignoresRuleIntervals: true,
  });
  await Promise.all([drive(host), prometheus.queryUntil(`sum(up) == ${targets.length}`)]);
  await prometheus.queryUntil('genai_app_http_requests_total{status="499"} > 0');
  await prometheus.queryUntil('genai_app_http_requests_total{status="503"} > 0');
  await drive(host);
  // the rules judge the first requests once these have a rate
  await prometheus.queryUntil('aiwatch:slo_burn:ratio1h{slo="http_errors"} > 0', undefined, { timeoutMs: 90_000 });
  await prometheus.queryUntil('increase(genai_app_http_requests_total{status="499"}[1m]) > 0');
  await untilRecorded(prometheus);
  return prometheus;
}

/** What the rules record of what they recorded comes later. */
async function untilRecorded(prometheus: RunningPrometheus): Promise<void> {
  const burns = ["first_token", "tpot", "inference_errors", "http_errors"].map(
    (slo) => `count(aiwatch:slo_burn:ratio3d{slo="${slo}"})`,
  );
  await prometheus.queryUntil(burns.join(" and "), undefined, { timeoutMs: 90_000 });
}

/** Chats, an error, an abort, and what a browser saw. */
async function drive(host: string): Promise<void> {
  const post = (path: string, body: object, signal?: AbortSignal) =>
    fetch(`http://${host}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  const chat = (signal?: AbortSignal) => post("/chat", { message: question, seed: signal ? 1 : 2 }, signal);
  await (await chat()).text();
  const answers = await Promise.all(Array.from({ length: crowd }, () => chat()));
  await Promise.all(answers.map((answer) => answer.text()));
  expect(answers.map(({ status }) => status)).toContain(503);
  const abort = new AbortController();
  const answer = await chat(abort.signal);
  await answer.body?.getReader().read();
  abort.abort();
  const vitals = { TTFB: 12, FCP: 80, LCP: 90, INP: 40 };
  await post("/metrics/log", { response_time_ms: 900, time_to_first_token_ms: 30, web_vitals: vitals });
  await post("/metrics/error", { error_type: "network" });
  await post("/aiwatch/browser", { schema: 1, id: randomBytes(8).toString("hex"), spans: [seenAnswer()] });
}

/** What a page says of an answer whose reader left before its first text. */
function seenAnswer(): object {
  const ids = { traceId: randomBytes(16).toString("hex"), spanId: randomBytes(8).toString("hex") };
  return { kind: "answer", ...ids, startedAt: Date.now(), durationMs: 700, outcome: "aborted" };
}

export const queriesAbout = (instance: string) => (name: (typeof dashboardNames)[number]) =>
  queriesOf(name, { job: "genai-app", instance, rateInterval: "3m", range: "5m" });

/** What a Prometheus answers to the queries of panels. */
export async function ask(prometheus: RunningPrometheus, queries: readonly PanelQuery[]) {
  const asked = queries.map(async ({ panel, refId, promql }) => ({
    panel,
    refId,
    values: await valuesOf(prometheus, promql),
  }));
  return Promise.all(asked);
}

export async function valuesOf(prometheus: RunningPrometheus, promql: string): Promise<number[]> {
  const { resultType, result } = await prometheus.query(promql);
  if (resultType !== "vector") throw new Error(`${promql} gave a ${resultType}`);
  return result.map(({ value: [, text] }) => Number(text));
}

/** All at once, sooner or later: on a busy machine a scrape may come too late, and until the next one Prometheus has no gauge. */
export async function expectDataOf(prometheus: RunningPrometheus, queries: readonly PanelQuery[]): Promise<void> {
  const wrong = async () =>
    (await ask(prometheus, queries)).filter(({ values }) => values.length === 0 || values.some(Number.isNaN));
  await expect.poll(wrong, { timeout: 20_000, interval: 500 }).toEqual([]);
}

/** Sooner or later: until the next scrape Prometheus still has the gauges of an answer that has just ended. */
export async function expectNoDataOf(prometheus: RunningPrometheus, queries: readonly PanelQuery[]): Promise<void> {
  const there = async () => (await ask(prometheus, queries)).filter(({ values }) => values.length > 0);
  await expect.poll(there, { timeout: 20_000, interval: 500 }).toEqual([]);
}
