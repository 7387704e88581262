import { afterAll, beforeAll, expect, test } from "vitest";
import { stream } from "./support/chat.ts";
import { type Demo, startDemo } from "./support/demo.ts";
import { type Metrics, scrape } from "./support/metrics.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const parentId = "00f067aa0ba902b7";
let demo: Demo;

beforeAll(async () => {
  demo = await startDemo();
  const headers = { traceparent: `00-${traceId}-${parentId}-01` };
  await stream(demo.url, { message: "how does the local model answer" }, headers).text;
  await demo.process.waitForLine(/request completed/);
});
afterAll(() => demo.process.stop());

const get = async (path: string) => (await fetch(demo.url + path)).json();

test("the chat counts once, with the route's template and its true tokens", async () => {
  const metrics = await scrape(demo.url);
  expect(metrics.value("genai_app_http_requests_total", { endpoint: "/chat", method: "POST", status: "200" })).toBe(1);
  expect(metrics.value("genai_app_http_request_duration_seconds_count", { endpoint: "/chat" })).toBe(1);
  expect(metrics.value("genai_app_inferences_total", { finish_reason: "stop" })).toBe(1);
  expect(metrics.value("genai_app_first_token_latency_seconds_count")).toBe(1);
  expect(metrics.value("genai_app_llamacpp_prompt_eval_seconds_count")).toBe(1);
  expect(metrics.value("genai_app_model_latency_seconds_count", { operation: "inference" })).toBe(1);
  expect(metrics.value("genai_app_chat_tokens_total", { direction: "output" })).toBeGreaterThan(5);
  expect(metrics.value("genai_app_llamacpp_context_size", { model: "tiny-chat" })).toBeGreaterThanOrEqual(2048);
  expect(metrics.value("genai_app_llamacpp_threads_used")).toBe(1);
  expect(metrics.value("genai_app_model_memory_bytes")).toBeGreaterThan(100_000);
  expect(metrics.value("genai_app_telemetry_errors_total")).toBe(0);
});

test("the engine was observed from its beginning: the model's load, the context, the sequences, the decodes", async () => {
  const metrics = await scrape(demo.url);
  expect(metrics.value("genai_app_llamacpp_model_load_seconds", { model: "tiny-chat" })).toBeGreaterThan(0);
  expect(metrics.value("genai_app_llamacpp_model_info", { architecture: "llama", gpu: "cpu" })).toBe(1);
  expect(metrics.value("genai_app_llamacpp_context_memory_bytes")).toBeGreaterThan(100_000);
  expect(metrics.value("genai_app_llamacpp_sequences", { state: "active" })).toBe(2);
  expect(metrics.value("genai_app_llamacpp_sequences", { state: "free" })).toBe(0);
  expect(metrics.value("genai_app_llamacpp_kv_cache_usage_ratio")).toBeGreaterThan(0);
  const decoded = metrics.value("genai_app_llamacpp_decode_batch_tokens_sum") ?? 0;
  expect(decoded).toBeGreaterThan(metrics.value("genai_app_llamacpp_prompt_eval_tokens_total") ?? Number.NaN);
});

test("its wait for a sequence is observed: it had its turn at once", async () => {
  const metrics = await scrape(demo.url);
  expect(metrics.value("genai_app_admissions_total", { queue: "sequences", outcome: "admitted" })).toBe(1);
  expect(metrics.value("genai_app_admission_wait_seconds_count", { queue: "sequences" })).toBe(1);
  expect(metrics.value("genai_app_admission_waiting", { queue: "sequences" })).toBe(0);
});

test("the answer is judged by the demo's objectives", async () => {
  expect((await scrape(demo.url)).value("genai_app_slo_inferences_total")).toBe(1);
});

test("the app's own metrics are there too", async () => {
  expect((await scrape(demo.url)).value("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
});

test("scrapes and polls are never active requests, and nothing is labelled with a raw path", async () => {
  await Promise.all([
    get("/health"),
    get("/readiness"),
    get(`/traces/${"0".repeat(31)}1`),
    fetch(`${demo.url}/wp-admin/x`),
  ]);
  const metrics = await scrape(demo.url);
  expect(metrics.value("genai_app_active_requests")).toBe(0);
  const endpoints = metrics.labelValues("genai_app_http_requests_total", "endpoint");
  expect(endpoints).toEqual(
    expect.arrayContaining(["/chat", "/health", "/metrics", "/readiness", "/traces/:traceId", "unmatched"]),
  );
  expect(endpoints.filter((endpoint) => /0000|wp-admin/.test(endpoint))).toEqual([]);
});

test("the summary holds averages of what was measured", async () => {
  const summary = await get("/metrics/summary");
  const metrics: Metrics = await scrape(demo.url);
  expect(summary.averageResponseTime).toBeCloseTo(
    metrics.value("genai_app_http_request_duration_seconds_sum", { endpoint: "/chat" }) ?? 0,
    6,
  );
  expect(summary).toMatchObject({
    tokensGenerated: metrics.value("genai_app_chat_tokens_total", { direction: "output" }),
    tokensProcessed: metrics.value("genai_app_chat_tokens_total", { direction: "input" }),
    activeUsers: 0,
    errorRate: 0,
    inferences: { stop: 1, aborted: 0, error: 0 },
    llamaCppMetrics: { model: "tiny-chat", threads_used: 1, threadsUsed: 1 },
    models: [{ model: "tiny-chat", threadsUsed: 1 }],
  });
});

test("health tells uptime, memory and model", async () => {
  expect(await get("/health")).toMatchObject({
    status: "ok",
    service: "chat-example",
    uptimeSeconds: expect.any(Number),
    memory: { rssBytes: expect.any(Number), heapUsedBytes: expect.any(Number) },
    model_info: { model: "tiny-chat", modelType: "llama.cpp", contextWindow: expect.any(Number) },
  });
});

test("the trace is seen with nothing else installed: the request under its caller, the inference under the request", async () => {
  const { spans } = await get(`/traces/${traceId}`);
  const named = Object.fromEntries(spans.map((span: { name: string }) => [span.name, span]));
  expect(named["POST /chat"]).toMatchObject({ kind: "server", parentSpanId: parentId, status: { code: "unset" } });
  for (const name of ["chat tiny-chat", "wait for a sequence"]) {
    expect(named[name]).toMatchObject({ kind: "internal", parentSpanId: named["POST /chat"].spanId });
  }
  expect(named["chat tiny-chat"].durationMs).toBeGreaterThan(0);
  expect(await get(`/traces/${"0".repeat(31)}1`)).toMatchObject({ spans: [] });
});

test("it is the latest of the traces, and what a page loads is none of them", async () => {
  const { kept, traces } = await get("/traces?outcome=answered&model=tiny-chat");
  expect(kept).toBe(1);
  const facts = { traceId, name: "POST /chat", models: ["tiny-chat"], outcome: "answered" };
  expect(traces).toMatchObject([{ ...facts, durationMs: expect.any(Number), firstTokenMs: expect.any(Number) }]);
  const page = await fetch(`${demo.url}/traces/${traceId}`, { headers: { accept: "text/html" } });
  const html = await page.text();
  // the engine in the process tells each phase
  for (const phase of ["in line", "prompt", "writing"]) expect(html).toContain(`</svg>${phase} <b>`);
});

test("what browsers measured is taken at the two doors", async () => {
  const post = (path: string, body: object) =>
    fetch(demo.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const seen = { message_id: traceId, response_time_ms: 300, time_to_first_token_ms: 20, web_vitals: { FCP: 80 } };
  expect((await post("/metrics/log", seen)).status).toBe(200);
  expect((await post("/metrics/error", { error_type: "network", timestamp: new Date().toISOString() })).status).toBe(
    200,
  );
  const metrics = await scrape(demo.url);
  expect(metrics.value("genai_app_client_first_token_seconds_sum")).toBe(0.02);
  expect(metrics.value("genai_app_client_web_vital_seconds_sum", { name: "FCP" })).toBe(0.08);
  expect(metrics.value("genai_app_errors_total", { operation: "client", type: "network" })).toBe(1);
});

test("one line for the request and one for the inference, with the same ids, beside nothing but JSON", () => {
  const lines = demo.process.stdout.map((line) => JSON.parse(line));
  const request = lines.find(({ route }) => route === "/chat");
  const inference = lines.find(({ msg }) => msg === "inference completed");
  expect(lines.filter(({ route }) => route === "/chat")).toHaveLength(1);
  expect(request).toMatchObject({ method: "POST", status: 200, traceId, requestId: expect.any(String) });
  expect(inference).toMatchObject({ traceId, requestId: request.requestId, finishReason: "stop", model: "tiny-chat" });
});

test("the page is whole, and may load nothing from elsewhere", async () => {
  const page = await fetch(`${demo.url}/`);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  const html = await page.text();
  const files = [...html.matchAll(/(?:href|src)="(\/page\/[^"]+)"/g)].map(([, file]) => file);
  expect(files).toHaveLength(8);
  for (const file of files) expect((await fetch(demo.url + file)).status).toBe(200);
  expect(html).not.toMatch(/https?:\/\//);
});
