import { type OtlpReceiver, otlpReceiver } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, ask, scrape, startApp } from "./support/app.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const parentSpanId = "00f067aa0ba902b7";

let receiver: OtlpReceiver;
/** The same app, as it was before. */
let before: App;
let app: App;
let metrics: Awaited<ReturnType<typeof scrape>>;
let metricsBefore: Awaited<ReturnType<typeof scrape>>;

beforeAll(async () => {
  receiver = await otlpReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  [before, app] = await Promise.all([startApp({ ...env, AIWATCH_DISABLED: "true" }), startApp(env)]);
  for (const { url } of [before, app]) await (await ask(url)).json();
  metricsBefore = await scrape(before.url);
  metrics = await scrape(app.url);
  await (await ask(app.url, { traceparent: `00-${traceId}-${parentSpanId}-01` })).json();
  await app.process.waitForLine(/"url":"\/chat".*request completed/);
});
afterAll(async () => {
  await Promise.all([before.process.stop(), app.process.stop()]);
  await receiver.close();
});

const isOurs = (line: string) => line.startsWith("genai_app_");
/** Answers vary in length; that they are counted does not. */
const withoutLengths = (samples: string[]) => samples.filter((line) => !/_(bucket|sum)\b/.test(line));

test("the app's /metrics shows what it showed before, and AIWatch's metrics, each once", () => {
  expect(metricsBefore.families.filter(isOurs)).toEqual([]);
  expect(metrics.families.filter((name) => !isOurs(name))).toEqual(metricsBefore.families);
  expect(metrics.families.filter(isOurs).length).toBeGreaterThan(40);
  expect(new Set(metrics.families).size).toBe(metrics.families.length);
  const samples = metrics.samples.map((line) => line.slice(0, line.lastIndexOf(" ")));
  expect(new Set(samples).size).toBe(samples.length);
});

test("the app's own metrics count what they counted before", () => {
  const own = withoutLengths(metrics.samples.filter((line) => !isOurs(line)));
  expect(own).toEqual(withoutLengths(metricsBefore.samples));
  expect(own).toEqual(['app_answers_total{outcome="ok"} 1', "app_answer_characters_count 1"]);
  expect(metrics.samples).toContain(
    'genai_app_inferences_total{model="tiny-chat",operation="chat",finish_reason="stop"} 1',
  );
  expect(metrics.samples).toContain('genai_app_http_requests_total{method="POST",endpoint="/chat",status="200"} 1');
});

test("the app's own routes answer, and AIWatch's are off", async () => {
  const paths = ["/healthz", "/metrics", "/metrics/summary", "/health", "/readiness", "/livez", "/readyz"];
  const statuses = await Promise.all(paths.map(async (path) => (await fetch(app.url + path)).status));
  expect(statuses).toEqual([200, 200, 404, 404, 404, 404, 404]);
});

test("a request is one line, pino-http's, with the ids; the inference has its own", () => {
  const lines = app.process.stdout.map((line) => JSON.parse(line)).filter((line) => line.traceId === traceId);
  const request = lines.find(({ req }) => req);
  expect(lines.map(({ msg }) => msg).sort()).toEqual(["inference completed", "request completed"]);
  expect(request).toMatchObject({ requestId: expect.any(String), spanId: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(lines.find(({ component }) => component === "inference")).toMatchObject({ requestId: request.requestId });
  expect(app.process.stderr).toEqual([]);
});

test("a request is one server span, the app's own, with AIWatch's attributes; the inference is its child", async () => {
  expect(await app.process.stop()).toEqual({ code: 0, signal: null });
  const spans = receiver.spans().filter((span) => span.traceId === traceId);
  const servers = spans.filter(({ kind }) => kind === "server");
  expect(servers).toMatchObject([
    {
      name: "POST /chat",
      parentSpanId,
      scope: { name: "@opentelemetry/instrumentation-http" },
      attributes: { "http.route": "/chat", "aiwatch.request.id": expect.any(String) },
    },
  ]);
  expect(spans.filter(({ name }) => name === "chat tiny-chat")).toMatchObject([
    { parentSpanId: servers[0]?.spanId, attributes: { "gen_ai.request.model": "tiny-chat" } },
  ]);
  expect(spans).toHaveLength(2);
});
