import { once } from "node:events";
import { connect } from "node:net";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { postChat, type Stream, stream } from "./support/chat.ts";
import { type Demo, endlessModel, startDemo } from "./support/demo.ts";
import { type Metrics, scrape } from "./support/metrics.ts";

const ask = { message: "how are you" };
let model: string;
let demo: Demo;

beforeAll(async () => {
  model = await endlessModel();
});
beforeEach(async () => {
  demo = await startDemo({ MODEL_PATH: model });
  return () => demo.process.stop();
});

describe("a client that goes away", () => {
  test("stops the model, and is one aborted inference", async () => {
    const answer = stream(demo.url, ask);
    await answer.begun;
    answer.abort();
    const [, tokens] = await demo.process.waitForLine(/"finishReason":"aborted".*"outputTokens":(\d+)/);
    await demo.process.waitForLine(/"status":499.*request aborted/);

    expect(Number(tokens)).toBeLessThan(1500);
    const metrics = await scrape(demo.url);
    expect(metrics.value("genai_app_inferences_total", { finish_reason: "aborted" })).toBe(1);
    expect(metrics.value("genai_app_inferences_total")).toBe(1);
    expect(metrics.value("genai_app_active_requests")).toBe(0);
    expect(metrics.value("genai_app_http_requests_total", { endpoint: "/chat", status: "499" })).toBe(1);
    expect(metrics.value("genai_app_errors_total", { operation: "inference" })).toBe(0);
    expect(metrics.value("genai_app_errors_total", { operation: "http" })).toBe(0);
  });
});

describe("more chats than the model can take", () => {
  let speaking: Stream[];
  beforeEach(async () => {
    speaking = [stream(demo.url, ask), stream(demo.url, ask)];
    await Promise.all(speaking.map(({ begun }) => begun));
  });

  test("eight wait, the others are refused; those that leave the queue never reach the model", async () => {
    const leaving = new AbortController();
    const refused: Response[] = [];
    const queued = Array.from({ length: 11 }, async () => {
      const response = await postChat(demo.url, ask, { signal: leaving.signal });
      if (response.status === 503) refused.push(response);
      else await response.body?.cancel();
      return response.status;
    });
    const statuses = await firstSettled(queued, 3);
    expect(statuses).toEqual([503, 503, 503]);
    expect(refused[0]?.headers.get("retry-after")).toBe("2");
    expect(await refused[0]?.json()).toEqual({ error: "too many chats are waiting already: try again soon" });
    const full = await scrape(demo.url);
    expect(full.value("genai_app_active_requests")).toBe(10);
    expect(full.value("genai_app_admission_waiting", { queue: "sequences" })).toBe(8);
    expect(admissionsOf(full)).toEqual({ admitted: 2, refused: 3, left: 0, failed: 0 });

    leaving.abort();
    await Promise.allSettled(queued);
    await expect.poll(async () => (await scrape(demo.url)).value("genai_app_admission_waiting")).toBe(0);
    for (const each of speaking) each.abort();
    const last = stream(demo.url, ask);
    expect((await last.begun).status).toBe(200);
    expect(admissionsOf(await scrape(demo.url))).toEqual({ admitted: 3, refused: 3, left: 8, failed: 0 });
    last.abort();
    await demo.process.waitForLine(/"finishReason":"aborted"/);
    // SIGTERM waits for what goes on: then all is written down
    await demo.process.stop();
    const inferences = demo.process.stdout.filter((line) => line.includes('"component":"inference"'));
    expect(inferences.length).toBe(3);
    expect(demo.process.stdout.filter((line) => line.includes('"status":499'))).toHaveLength(8 + 3);
  });

  test("whoever waits gets its answer when its turn comes, and its wait is measured", async () => {
    const waiting = stream(demo.url, ask);
    await expect.poll(async () => (await scrape(demo.url)).value("genai_app_admission_waiting")).toBe(1);
    speaking[0]?.abort();
    expect((await waiting.begun).status).toBe(200);
    waiting.abort();
    const metrics = await scrape(demo.url);
    expect(metrics.value("genai_app_admission_wait_seconds_count", { queue: "sequences" })).toBe(3);
    expect(metrics.value("genai_app_admission_wait_seconds_sum")).toBeGreaterThan(0);
  });
});

describe("SIGTERM", () => {
  test("lets an answer come to its end, and exits with 0", async () => {
    const answer = stream(demo.url, ask);
    await answer.begun;
    const exit = demo.process.stop("SIGTERM", 25_000);
    expect((await answer.text).length).toBeGreaterThan(2000);
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(demo.process.stdout.filter((line) => line.includes("inference completed"))).toHaveLength(1);
  });

  test("while an answer goes on it is not ready and takes no more; it exits as soon as the answer ends", async () => {
    const answer = stream(demo.url, ask);
    await answer.begun;
    const exit = demo.process.stop("SIGTERM", 25_000);
    await demo.process.waitForLine(/"msg":"stopping"/);
    const [readiness, chat, health] = await Promise.all([
      fetch(`${demo.url}/readiness`),
      postChat(demo.url, ask),
      fetch(`${demo.url}/health`),
    ]);
    expect([readiness.status, chat.status, health.status]).toEqual([503, 503, 200]);
    expect(await readiness.json()).toMatchObject({ status: "not ready" });
    expect(await chat.json()).toEqual({ error: "the server is shutting down" });
    answer.abort();
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  test("with nothing to wait for it is gone at once, though a browser connected in advance", async () => {
    const connection = connect(Number(new URL(demo.url).port), "127.0.0.1").on("error", () => undefined);
    await once(connection, "connect");
    const sent = performance.now();
    expect(await demo.process.stop("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(performance.now() - sent).toBeLessThan(3000);
  });
});

/** How the waits for a sequence ended so far. */
function admissionsOf(metrics: Metrics) {
  const outcomes = ["admitted", "refused", "left", "failed"];
  return Object.fromEntries(
    outcomes.map((outcome) => [outcome, metrics.value("genai_app_admissions_total", { queue: "sequences", outcome })]),
  );
}

/** What the first `count` of them resolve with. */
function firstSettled<Value>(promises: readonly Promise<Value>[], count: number): Promise<Value[]> {
  const values: Value[] = [];
  return new Promise((resolve) => {
    for (const promise of promises) {
      promise
        .then((value) => {
          values.push(value);
          if (values.length === count) resolve(values);
        })
        .catch(() => undefined);
    }
  });
}
