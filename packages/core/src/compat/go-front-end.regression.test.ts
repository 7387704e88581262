import { healthFaults, modelListFaults, summaryFaults } from "@aiwatch/testkit";
import { describe, expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { clientReports } from "../reports/client-reports.ts";
import { doors } from "../test-support/doors.ts";
import { serveWith } from "../test-support/served-app.ts";
import { fakeClock } from "../testing/index.ts";

/** Where the page of the Go system's front end comes from: `vite.config.ts` and `compose.yaml` serve it there. */
const origin = "http://localhost:3000";
const routes = { models: true };

describe.each(Object.values(doors))("the Go system's front end, through the door of $name", (door) => {
  async function setUp() {
    const clock = fakeClock();
    const app = await serveWith(
      (aiwatch) => door.build(aiwatch, [], { routes, reports: clientReports(), allowedOrigins: "*" }),
      { clock },
    );
    const get = async (path: string) => {
      const response = await fetch(app.url + path, { headers: { origin } });
      expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
      return JSON.parse(await response.text());
    };
    const faults = async () => [
      ...summaryFaults(await get("/metrics/summary")),
      ...healthFaults(await get("/health")),
      ...modelListFaults(await get("/models")),
    ];
    return { ...app, clock, get, faults };
  }

  it("can read every field from the first second on", async () => {
    const { faults, get } = await setUp();
    expect(await faults()).toEqual([]);
    const summary = await get("/metrics/summary");
    expect(summary).not.toHaveProperty("llamaCppMetrics");
    expect(summary).toMatchObject({ averageResponseTime: 0, errorRate: 0, activeUsers: 0 });
    expect(summary.averages).toEqual({ responseMs: null, firstTokenMs: null, errorRate: null });
    expect(summary.models).toEqual([]);
  });

  it("can read every field of a model that is loaded and has no context yet", async () => {
    const { aiwatch, faults, get } = await setUp();
    hostOf(aiwatch).models.watch("tiny", () => ({ modelType: "llama.cpp", modelMemoryBytes: 1_310_000_000 }));
    expect(await faults()).toEqual([]);
    // as the Go server did: a panel of zeros would call its memory excellent
    const { llamaCppMetrics, models } = await get("/metrics/summary");
    expect(llamaCppMetrics).toBe(undefined);
    expect(models).toEqual([{ model: "tiny", modelType: "llama.cpp", modelMemoryBytes: 1_310_000_000 }]);
  });

  it("can read every field after an answer, and after a minute of rest", async () => {
    const { aiwatch, clock, faults, get } = await setUp();
    hostOf(aiwatch).models.watch("tiny", () => ({
      modelType: "llama.cpp",
      contextSize: 4096,
      memoryPerTokenBytes: 2048,
    }));
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.evaluationBegun();
    clock.advance(180);
    inference.token();
    clock.advance(100);
    inference.token();
    inference.end({ unified: "stop" });
    expect(await faults()).toEqual([]);
    const fresh = await get("/metrics/summary");
    expect(fresh.llamaCppMetrics).toMatchObject({ tokensPerSecond: 10, promptEvalTime: 180, memoryPerToken: 2048 });
    expect(fresh.models).toMatchObject([{ model: "tiny", tokensPerSecond: 10, promptEvalMs: 180 }]);
    clock.advance(60_001);
    expect(await faults()).toEqual([]);
    const rested = await get("/metrics/summary");
    expect(rested.llamaCppMetrics).toMatchObject({ tokensPerSecond: 0, tokens_per_second: 0, promptEvalTime: 180 });
    expect(rested.models[0]).not.toHaveProperty("tokensPerSecond");
  });

  it("can read every field after an answer that was broken off before its first token, and after embeddings alone", async () => {
    const { aiwatch, faults, get } = await setUp();
    hostOf(aiwatch).models.watch("tiny", () => ({ modelType: "llama.cpp", contextSize: 4096 }));
    aiwatch.startInference({ model: "tiny" }).abort();
    expect(await faults()).toEqual([]);
    const { llamaCppMetrics } = await get("/metrics/summary");
    expect(llamaCppMetrics).toMatchObject({ contextSize: 4096, tokensPerSecond: 0, promptEvalTime: 0, batchSize: 0 });
    aiwatch.startInference({ model: "tiny", operation: "embeddings" }).end({ unified: "stop" }, { promptTokens: 3 });
    expect(await faults()).toEqual([]);
  });

  it("is shown the first llama.cpp model of two, and of an engine that is none no llama.cpp panel", async () => {
    const { aiwatch, faults, get } = await setUp();
    aiwatch.startInference({ model: "of-another-engine" }).end({ unified: "stop" });
    expect(await get("/metrics/summary")).not.toHaveProperty("llamaCppMetrics");
    const forget = hostOf(aiwatch).models.watch("one", () => ({ modelType: "llama.cpp", contextSize: 1024 }));
    hostOf(aiwatch).models.watch("two", () => ({ modelType: "llama.cpp", contextSize: 2048 }));
    expect(await faults()).toEqual([]);
    expect((await get("/metrics/summary")).llamaCppMetrics).toMatchObject({ model: "one", contextSize: 1024 });
    forget();
    expect((await get("/metrics/summary")).llamaCppMetrics).toMatchObject({ model: "two", contextSize: 2048 });
    expect(await faults()).toEqual([]);
  });

  it("is not broken by figures of plain JavaScript that are none", async () => {
    const { aiwatch, faults, get } = await setUp();
    const readings = {
      modelType: "llama.cpp",
      contextSize: 4096,
      memoryPerTokenBytes: Number.NaN,
      batchSize: 512n,
      threadsUsed: "4",
      info: { a: 1n },
    };
    aiwatch.reportModel("tiny", readings as never);
    aiwatch.reportModel("tiny", { tokensPerSecond: Number.POSITIVE_INFINITY });
    expect(await faults()).toEqual([]);
    expect((await get("/metrics/summary")).models).toEqual([
      { model: "tiny", modelType: "llama.cpp", contextSize: 4096 },
    ]);
  });

  it("posts its reports as ChatBox.tsx writes them", async () => {
    const { url, sample } = await setUp();
    const post = async (path: string, report: object) => {
      const headers = { "content-type": "application/json", origin };
      const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(report) });
      expect([path, response.status, await response.text()]).toEqual([path, 200, ""]);
    };
    const preflight = await fetch(`${url}/metrics/log`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([
      204,
      expect.stringContaining("content-type"),
    ]);
    // a first token that it did not see is 0 to it, and what is not a number is null to JSON
    const seen = { message_id: "1767000000000", tokens_in: 3, tokens_out: 41, response_time_ms: 1234.5 };
    await post("/metrics/log", { ...seen, time_to_first_token_ms: 0 });
    await post("/metrics/log", { ...seen, tokens_in: null, time_to_first_token_ms: null });
    await post("/metrics/log", { ...seen, time_to_first_token_ms: 87.300000011920929 });
    expect(await sample("genai_app_client_first_token_seconds_count")).toBe(1);
    expect(await sample("genai_app_client_response_seconds_count")).toBe(3);
    for (const [error_type, status_code] of [
      ["api_error", 500],
      ["network_error", 0],
    ]) {
      await post("/metrics/error", { error_type, status_code, input_length: 12, timestamp: new Date().toISOString() });
      expect(await sample("genai_app_errors_total", { type: `${error_type}`, operation: "client" })).toBe(1);
    }
  });
});
