import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, describe, expect, it } from "vitest";
import { aiwatchExpress } from "../doors/express.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { clientReports } from "./client-reports.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(parser: "before" | "after" | "without", options: Parameters<typeof aiwatchExpress>[1] = {}) {
  const test = createTestAiwatch();
  const app = express();
  if (parser === "before") app.use(express.json({ limit: "1mb" }));
  app.use(aiwatchExpress(test.aiwatch, { reports: clientReports(), ...options }));
  if (parser === "after") app.use(express.json());
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = (path: string, body: string, type = "application/json", headers: Record<string, string> = {}) =>
    fetch(url + path, { method: "POST", body, headers: { "content-type": type, ...headers } });
  return { ...test, url, post };
}

const original = { message_id: "m1", tokens_in: 5, tokens_out: 9, response_time_ms: 1200, time_to_first_token_ms: 150 };

describe.each(["before", "after", "without"] as const)("the POST doors with express.json() %s", (parser) => {
  it("take the original's bodies and answer 200 with nothing", async () => {
    const { post, sample } = await serve(parser);
    const log = await post("/metrics/log", JSON.stringify(original));
    expect([log.status, await log.text()]).toEqual([200, ""]);
    const error = { error_type: "network", status_code: 502, input_length: 10, timestamp: "2026-01-01T00:00:00Z" };
    const reply = await post("/metrics/error", JSON.stringify(error));
    expect([reply.status, await reply.text()]).toEqual([200, ""]);
    expect(await sample("genai_app_client_first_token_seconds_sum")).toBeCloseTo(0.15);
    expect(await sample("genai_app_client_response_seconds_sum")).toBeCloseTo(1.2);
    expect(await sample("genai_app_errors_total", { type: "network", operation: "client" })).toBe(1);
    expect(await sample("genai_app_chat_tokens_total", { direction: "input", model: "m1" })).toBe(undefined);
  });

  it.each([
    ["/metrics/log", "{", "application/json", 400],
    ["/metrics/log", "[]", "application/json", 400],
    ["/metrics/log", JSON.stringify({ response_time_ms: -1 }), "application/json", 400],
    ["/metrics/log", '{"response_time_ms":1e999}', "application/json", 400],
    ["/metrics/log", JSON.stringify({ tokens_in: "5" }), "application/json", 400],
    ["/metrics/log", JSON.stringify(original), "text/plain", 415],
    ["/metrics/log", JSON.stringify({ message_id: "x".repeat(9000) }), "application/json", 413],
    ["/metrics/error", JSON.stringify({ error_type: "a\nforged line" }), "application/json", 400],
    ["/metrics/error", JSON.stringify({ error_type: "x".repeat(65) }), "application/json", 400],
    ["/metrics/error", JSON.stringify({}), "application/json", 400],
  ])("refuse rubbish at %s: %.40s (%s) with %i", async (path, body, type, status) => {
    const { post, diagnostics } = await serve(parser);
    const response = await post(path, body, type);
    expect(response.status).toBe(status);
    expect(diagnostics).toEqual([]);
  });

  it("answer other methods with 405 and never quote what was sent", async () => {
    const { url, post } = await serve(parser);
    const response = await fetch(`${url}/metrics/log`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    const refusal = await post("/metrics/error", JSON.stringify({ error_type: "canary secret !" }));
    expect(await refusal.text()).not.toContain("canary");
  });
});

describe("the POST doors", () => {
  it("take web vitals by name", async () => {
    const { post, sample } = await serve("without");
    expect((await post("/metrics/log", JSON.stringify({ web_vitals: { LCP: 900, FCP: 400 } }))).status).toBe(200);
    expect(await sample("genai_app_client_web_vital_seconds_sum", { name: "LCP" })).toBeCloseTo(0.9);
    expect(await sample("genai_app_client_web_vital_seconds_count", { name: "INP" })).toBe(undefined);
  });

  it("take a client's reports up to its rate, then answer 429 and when to come again", async () => {
    const { post } = await serve("without", { reports: clientReports({ perClientPerMinute: 3 }) });
    const statuses = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await post("/metrics/log", "{}")).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refusal = await post("/metrics/log", "{}");
    expect(Number(refusal.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("let no client's flood use up what the others share", async () => {
    const { url } = await serve("without", { reports: clientReports({ perClientPerMinute: 1, perMinute: 2 }) });
    const postFrom = (localAddress: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { "content-type": "application/json" };
        const sent = request(`${url}/metrics/log`, { method: "POST", localAddress, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on("error", reject);
        sent.end("{}");
      });
    const flood = [];
    for (let n = 0; n < 4; n += 1) flood.push(await postFrom("127.0.0.1"));
    expect(flood).toEqual([200, 429, 429, 429]);
    expect(await postFrom("127.0.0.2")).toBe(200);
    expect(await postFrom("127.0.0.3")).toBe(429);
  });

  it("bound the error types that come from outside, and leave room for the server's", async () => {
    const { post, registry, sample, aiwatch } = await serve("without", {
      reports: clientReports({ perClientPerMinute: 1000 }),
    });
    for (let n = 0; n < 200; n += 1) await post("/metrics/error", JSON.stringify({ error_type: `kind-${n}` }));
    const { values } = await registry.getSingleMetric("genai_app_errors_total")!.get();
    expect(values.filter((value) => String(value.labels["type"]).startsWith("kind-"))).toHaveLength(10);
    expect(await sample("genai_app_errors_total", { type: "other", operation: "client" })).toBe(190);
    aiwatch.startInference({ model: "tiny" }).fail(new RangeError("later"));
    expect(await sample("genai_app_errors_total", { type: "RangeError", operation: "inference" })).toBe(1);
  });

  it("let only the pages of listed origins in", async () => {
    const { url, post } = await serve("without", { allowedOrigins: ["https://app.example"] });
    const preflight = (origin: string) => fetch(`${url}/metrics/log`, { method: "OPTIONS", headers: { origin } });
    expect((await preflight("https://app.example")).status).toBe(204);
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBe(null);
    const response = await post("/metrics/log", "{}", "application/json", { origin: "https://app.example" });
    expect(response.headers.get("access-control-allow-origin")).toBe("https://app.example");
  });
});
