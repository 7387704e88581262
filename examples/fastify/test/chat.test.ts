import { type OtlpReceiver, otlpReceiver } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, beginExample, type Example, endlessModel, scrape, startExample } from "./support/example.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
/** For a machine that is busy. */
const patience = { timeout: 15_000 };
const message = "how does the local model answer";

describe("an answer", () => {
  let receiver: OtlpReceiver;
  let example: Example;
  let text: string;
  beforeAll(async () => {
    receiver = await otlpReceiver();
    example = await startExample({ OTLP_ENDPOINT: receiver.endpoint });
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const response = await ask(example.url, { message, messages: [{ role: "system", content: "hi" }] }, { headers });
    expect(response.headers.get("transfer-encoding")).toBe("chunked");
    text = await response.text();
    await example.process.waitForLine(/request completed/);
  });
  afterAll(async () => {
    await example.process.stop();
    await receiver.close();
  });

  test("comes from the model", () => expect(text).toMatch(/^[A-Z].*\.$/));

  test("counts once, with its true tokens", async () => {
    const metrics = await scrape(example.url);
    const chat = 'model="tiny-chat",operation="chat"';
    expect(metrics.get(`genai_app_inferences_total{${chat},finish_reason="stop"}`)).toBe(1);
    expect(metrics.get('genai_app_http_requests_total{method="POST",endpoint="/chat",status="200"}')).toBe(1);
    expect(metrics.get('genai_app_chat_tokens_total{direction="output",model="tiny-chat"}')).toBeGreaterThan(5);
    expect(metrics.get('genai_app_llamacpp_threads_used{model="tiny-chat"}')).toBe(1);
    expect(metrics.get("genai_app_active_requests")).toBe(0);
  });

  test("has one line for the request and one for the inference, with the same ids", () => {
    const lines = example.process.stdout.map((line) => JSON.parse(line));
    const ofChat = lines.filter((line) => line.traceId === traceId);
    expect(ofChat.map(({ msg }) => msg).sort()).toEqual(["inference completed", "request completed"]);
    expect(new Set(ofChat.map(({ requestId }) => requestId)).size).toBe(1);
    expect(ofChat.find(({ route }) => route)).toMatchObject({ method: "POST", route: "/chat", status: 200 });
    expect(example.process.stderr).toEqual([]);
  });

  test("is the latest trace, for programs and for readers", async () => {
    const { traces } = await (await fetch(`${example.url}/traces?model=tiny-chat`)).json();
    expect(traces).toMatchObject([
      { traceId, name: "POST /chat", outcome: "answered", firstTokenMs: expect.any(Number) },
    ]);
    const page = await fetch(`${example.url}/traces/${traceId}`, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain("chat tiny-chat");
    const files = [...html.matchAll(/(?:src|rel="stylesheet" href)="([^"]+)"/g)].map(([, file]) => file);
    expect(files).toHaveLength(3);
    for (const file of files) expect((await fetch(example.url + file)).status).toBe(200);
    // its own pages are none of the traces
    expect((await (await fetch(`${example.url}/traces`)).json()).kept).toBe(1);
  });

  test("is a trace: the inference under the request, delivered on SIGTERM", async () => {
    expect(await example.process.stop()).toEqual({ code: 0, signal: null });
    const spans = receiver.spans().filter((span) => span.traceId === traceId);
    const request = spans.find(({ kind }) => kind === "server");
    expect(request).toMatchObject({ name: "POST /chat", parentSpanId: "00f067aa0ba902b7" });
    expect(spans.filter(({ name }) => name === "chat tiny-chat")).toMatchObject([{ parentSpanId: request?.spanId }]);
    expect(spans).toHaveLength(2);
  });
});

describe("an endless answer", () => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample({ MODEL_PATH: await endlessModel() });
  });
  afterAll(() => example.process.stop());

  async function begin(signal: AbortSignal) {
    const response = await ask(example.url, { message }, { signal });
    await response.body?.getReader().read();
    return response;
  }

  test("whose client leaves stops the model, and is one aborted inference", async () => {
    const client = new AbortController();
    await begin(client.signal);
    client.abort();
    const [, tokens] = await example.process.waitForLine(/"finishReason":"aborted".*"outputTokens":(\d+)/);
    await example.process.waitForLine(/"status":499.*request aborted/);
    expect(Number(tokens)).toBeLessThan(1500);
    const metrics = await scrape(example.url);
    const ended = [...metrics].filter(([name, value]) => name.startsWith("genai_app_inferences_total") && value > 0);
    expect(ended).toEqual([[expect.stringContaining('finish_reason="aborted"'), 1]]);
    expect(metrics.get('genai_app_http_requests_total{method="POST",endpoint="/chat",status="499"}')).toBe(1);
    const lines = example.process.stdout.filter((line) => line.includes('"requestId"'));
    expect(lines).toHaveLength(2);
  });

  test("takes one of four sequences, and gives it back; four more wait, and the next is asked to come again", async () => {
    const admissions = async () => {
      const metrics = await scrape(example.url);
      const ended = (outcome: string) =>
        metrics.get(`genai_app_admissions_total{queue="sequences",outcome="${outcome}"}`);
      const waiting = metrics.get('genai_app_admission_waiting{queue="sequences"}');
      return { waiting, admitted: ended("admitted"), refused: ended("refused"), left: ended("left") };
    };
    const before = (await admissions()).admitted ?? Number.NaN;
    const [speakers, waiters, last] = [new AbortController(), new AbortController(), new AbortController()];
    await Promise.all(Array.from({ length: 4 }, () => begin(speakers.signal)));
    const waiting = Array.from({ length: 4 }, () => ask(example.url, { message }, { signal: waiters.signal }));
    const left = Promise.allSettled(waiting);
    await expect.poll(admissions, patience).toMatchObject({ waiting: 4, admitted: before + 4, refused: 0, left: 0 });
    const ninth = await ask(example.url, { message });
    expect([ninth.status, ninth.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await admissions()).toMatchObject({ waiting: 4, refused: 1 });
    waiters.abort();
    await left;
    await expect.poll(admissions, patience).toEqual({ waiting: 0, admitted: before + 4, refused: 1, left: 4 });
    speakers.abort();
    await expect.poll(async () => (await begin(last.signal)).status, patience).toBe(200);
    last.abort();
    expect(await admissions()).toMatchObject({ waiting: 0, admitted: before + 5, left: 4 });
    // whoever leaves is no fault
    expect(example.process.stdout.filter((line) => line.includes("a request failed"))).toEqual([]);
  });

  test("that waits begins when its turn comes, in its own request", async () => {
    const [speakers, last] = [new AbortController(), new AbortController()];
    await Promise.all(Array.from({ length: 4 }, () => begin(speakers.signal)));
    const headers = { "x-request-id": "the-one-that-waits" };
    const waiting = ask(example.url, { message }, { headers, signal: last.signal });
    await expect
      .poll(async () => (await scrape(example.url)).get('genai_app_admission_waiting{queue="sequences"}'), patience)
      .toBe(1);
    speakers.abort();
    await (await waiting).body?.getReader().read();
    last.abort();
    await example.process.waitForLine(/"component":"inference".*"requestId":"the-one-that-waits".*"aborted"/);
  });
});

test("before the model is loaded it is not ready, and asks to come again", async () => {
  const { url, process } = await beginExample();
  try {
    const early = await Promise.all([fetch(`${url}/readiness`), ask(url, { message })]);
    expect(early.map(({ status }) => status)).toEqual([503, 503]);
    expect(await early[1]?.json()).toEqual({ error: "the model is being loaded: try again soon" });
    await process.waitForLine(/the model is ready/, 25_000);
    expect((await fetch(`${url}/readiness`)).status).toBe(200);
  } finally {
    await process.stop();
  }
});
