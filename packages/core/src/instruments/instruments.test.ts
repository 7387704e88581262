import { AggregatorRegistry, Counter, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { createAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { catalogue } from "../catalogue/index.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { instrumentsOf } from "./instruments.ts";

describe("the instruments", () => {
  it("are every row of the catalogue, on the registry", () => {
    const registry = new Registry();
    createAiwatch({ registry });
    const names = registry.getMetricsAsArray().map((metric) => metric.name);
    expect(names.sort()).toEqual(
      Object.values(catalogue)
        .map((row) => row.name)
        .sort(),
    );
  });

  it("belong to the registry: a second instance records into the same ones", async () => {
    const registry = new Registry();
    const one = createAiwatch({ registry });
    const two = createAiwatch({ registry });
    expect(hostOf(two).instruments).toBe(hostOf(one).instruments);
  });

  it("come back to a registry that the app cleared", () => {
    const registry = new Registry();
    instrumentsOf(registry);
    registry.clear();
    instrumentsOf(registry);
    expect(registry.getSingleMetric("genai_app_errors_total")).toBeDefined();
  });

  it("are registered once, though prom-client's OpenMetrics output renames counters", async () => {
    const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    instrumentsOf(registry);
    const count = registry.getMetricsAsArray().length;
    await registry.metrics();
    instrumentsOf(registry);
    expect(registry.getMetricsAsArray()).toHaveLength(count);
    registry.clear();
    instrumentsOf(registry);
    expect(registry.getSingleMetric("genai_app_errors_total")).toBeDefined();
  });

  it("refuse a registry that holds a foreign metric of their name, naming both", () => {
    const registry = new Registry();
    new Counter({ name: "genai_app_errors_total", help: "the app's own", registers: [registry] });
    expect(() => createAiwatch({ registry })).toThrowError(
      expect.objectContaining({ code: "AIWATCH_METRIC_CONFLICT", message: expect.stringContaining("the app's own") }),
    );
  });

  it("bound their series: values over a label's cap become `other`, and a counter says so", async () => {
    const { aiwatch, registry, sample } = createTestAiwatch();
    for (let path = 0; path < 10_000; path += 1) {
      hostOf(aiwatch).instruments.httpRequests.add({ method: "GET", endpoint: `/p/${path}`, status: "200" });
    }
    const metric = registry.getSingleMetric("genai_app_http_requests_total");
    expect((await metric!.get()).values.length).toBe(catalogue.httpRequests.labels.endpoint.cap + 1);
    const labels = { method: "GET", endpoint: "other", status: "200" };
    expect(await sample("genai_app_http_requests_total", labels)).toBe(9_800);
    expect(await sample("genai_app_series_dropped_total", { metric: "genai_app_http_requests_total" })).toBe(9_800);
  });

  it("bound what their labels are together: an endpoint by one method more is `other`, and the counter says so", async () => {
    const { aiwatch, registry, sample } = createTestAiwatch();
    const { httpRequestDuration } = hostOf(aiwatch).instruments;
    const { cap } = catalogue.httpRequestDuration.together;
    const methods = ["GET", "HEAD", "POST", "PUT", "DELETE"];
    const perMethod = cap / 4;
    for (const method of methods) {
      for (let path = 0; path < perMethod; path += 1)
        httpRequestDuration.observe({ method, endpoint: `/p/${path}` }, 1);
    }
    const count = (method: string, endpoint: string) =>
      sample("genai_app_http_request_duration_seconds_count", { method, endpoint });
    expect([await count("GET", "/p/7"), await count("PUT", "/p/7")]).toEqual([1, 1]);
    expect([await count("DELETE", "/p/7"), await count("DELETE", "other")]).toEqual([undefined, perMethod]);
    const name = catalogue.httpRequestDuration.name;
    expect(await sample("genai_app_series_dropped_total", { metric: name })).toBe(perMethod);
    const counts = (await registry.getSingleMetric(name)!.get()).values.filter(
      (value) => "metricName" in value && value.metricName === `${name}_count`,
    );
    expect(counts).toHaveLength(cap + 1);
  });

  it("bound what is bound, too: a tool of one model more is `other`, by the model's name", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    const { toolCallDuration } = hostOf(aiwatch).instruments;
    const { cap } = catalogue.toolCallDuration.together;
    const tools = catalogue.toolCallDuration.labels.tool.cap;
    for (let model = 0; model < cap / tools; model += 1) {
      for (let tool = 0; tool < tools; tool += 1) toolCallDuration.bind({ model: `m${model}`, tool: `t${tool}` });
    }
    const late = toolCallDuration.bind({ model: "late", tool: "t0" });
    for (let call = 0; call < 3; call += 1) late.observe(1);
    toolCallDuration.bind({ model: "m0", tool: "t0" }).observe(1);
    const count = (model: string, tool: string) => sample("genai_app_tool_call_seconds_count", { model, tool });
    expect([await count("late", "other"), await count("late", "t0"), await count("m0", "t0")]).toEqual([
      3,
      undefined,
      1,
    ]);
    expect(await sample("genai_app_series_dropped_total", { metric: "genai_app_tool_call_seconds" })).toBe(3);
  });

  it("have a model by its name in all or in none, and count each recording that lost it", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    const { cap } = catalogue.inferences.labels.model;
    for (let n = 0; n < cap; n += 1) aiwatch.startInference({ model: `m${n}` }).end({ unified: "stop" });
    const late = aiwatch.startInference({ model: "late" });
    late.token();
    late.end({ unified: "stop" }, { promptTokens: 3 });
    aiwatch.startInference({ model: "m0" }).end({ unified: "stop" }, { outputTokens: 1 });
    const droppedOf = (metric: string) => sample("genai_app_series_dropped_total", { metric });
    expect(await droppedOf("genai_app_inferences_total")).toBe(1);
    expect(await droppedOf("genai_app_chat_tokens_total")).toBe(2);
    expect(await droppedOf("genai_app_first_token_latency_seconds")).toBe(1);
    expect(await droppedOf("genai_app_llamacpp_prompt_eval_seconds")).toBe(0);
    expect(await sample("genai_app_first_token_latency_seconds_count", { model: "other" })).toBe(1);
    expect(await sample("genai_app_chat_tokens_total", { direction: "output", model: "other" })).toBe(1);
  });

  it("begin known label sets at 0 and leave unknown measurements out", async () => {
    const { sample, registry } = createTestAiwatch();
    expect(await sample("genai_app_errors_total", { type: "internal", operation: "http" })).toBe(0);
    const memory = await registry.getSingleMetric("genai_app_model_memory_bytes")!.get();
    expect(memory.values).toEqual([]);
  });

  it("count into cumulative buckets, with the sum and the count", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    for (const seconds of [0.003, 0.3, 1, 500, Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      hostOf(aiwatch).instruments.clientFirstToken.observe({}, seconds);
    }
    const bucket = (le: string | number) => sample("genai_app_client_first_token_seconds_bucket", { le });
    expect([await bucket(0.0025), await bucket(0.005), await bucket(0.5), await bucket(1), await bucket(160)]).toEqual([
      0, 1, 2, 3, 3,
    ]);
    expect(await bucket("+Inf")).toBe(4);
    expect(await sample("genai_app_client_first_token_seconds_sum")).toBeCloseTo(501.303);
    expect(await sample("genai_app_client_first_token_seconds_count")).toBe(4);
  });

  it("can be read by prom-client itself and merged across a cluster", async () => {
    const { aiwatch, registry } = createTestAiwatch();
    hostOf(aiwatch).instruments.errors.add({ type: "internal", operation: "http" });
    hostOf(aiwatch).models.report("tiny", { contextSize: 768 });
    expect(await registry.metrics()).toContain('genai_app_errors_total{type="internal",operation="http"} 1');
    const json = await registry.getMetricsAsJSON();
    const merged = await AggregatorRegistry.aggregate([json, structuredClone(json)] as unknown as object[]).metrics();
    expect(merged).toContain('genai_app_errors_total{type="internal",operation="http"} 2');
    expect(merged).toContain('genai_app_llamacpp_context_size{model="tiny"} 768');
  });
});

describe("model readings", () => {
  it("merge by the catalogue's rule, live ones before reported ones", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    hostOf(aiwatch).models.report("tiny", { contextSize: 100, threadsUsed: 4 });
    const end = hostOf(aiwatch).models.watch("tiny", () => ({ contextSize: 768, modelMemoryBytes: 10 }));
    hostOf(aiwatch).models.watch("tiny", () => ({ contextSize: 512, modelMemoryBytes: 10 }));
    expect(await sample("genai_app_llamacpp_context_size", { model: "tiny" })).toBe(768);
    expect(await sample("genai_app_model_memory_bytes", { model: "tiny" })).toBe(20);
    expect(await sample("genai_app_llamacpp_threads_used", { model: "tiny" })).toBe(4);
    end();
    expect(await sample("genai_app_llamacpp_context_size", { model: "tiny" })).toBe(512);
  });

  it("are gone with what they were read from", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    let alive = true;
    hostOf(aiwatch).models.watch("tiny", () => (alive ? { batchSize: 512 } : undefined));
    expect(await sample("genai_app_llamacpp_batch_size", { model: "tiny" })).toBe(512);
    alive = false;
    expect(await sample("genai_app_llamacpp_batch_size", { model: "tiny" })).toBe(undefined);
  });

  it("name those that live here first, whatever was reported before", () => {
    const { aiwatch } = createTestAiwatch();
    hostOf(aiwatch).models.report("gone", { promptEvalMs: 5, contextSize: 100 });
    hostOf(aiwatch).models.watch("first", () => ({ contextSize: 768 }));
    hostOf(aiwatch).models.watch("second", () => ({ contextSize: 512 }));
    hostOf(aiwatch).models.report("second", { promptEvalMs: 5 });
    expect([...hostOf(aiwatch).models.read().keys()]).toEqual(["first", "second", "gone"]);
    expect(aiwatch.summary().models).toMatchObject([{ model: "first" }, { model: "second" }, { model: "gone" }]);
  });

  it("keep what they were where a report leaves a figure undefined", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    aiwatch.reportModel("tiny", { contextSize: 100 });
    aiwatch.reportModel("tiny", { contextSize: undefined, threadsUsed: 2 } as never);
    expect(await sample("genai_app_llamacpp_context_size", { model: "tiny" })).toBe(100);
  });

  it("show a reported rate for a minute, and none of it where ours is known", async () => {
    const clock = fakeClock();
    const { aiwatch, sample } = createTestAiwatch({ clock });
    const rate = () => sample("genai_app_llamacpp_tokens_per_second", { model: "tiny" });
    aiwatch.reportModel("tiny", { tokensPerSecond: 7 });
    expect(await rate()).toBe(7);
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.token();
    clock.advance(1000);
    inference.token();
    inference.end({ unified: "stop" });
    aiwatch.reportModel("tiny", { tokensPerSecond: 8 });
    expect(await rate()).toBe(1);
    clock.advance(61_000);
    expect(await rate()).toBe(undefined);
  });

  it("that throw cost neither the app's metrics nor the next reading", async () => {
    const { aiwatch, registry, sample } = createTestAiwatch();
    let broken = true;
    hostOf(aiwatch).models.watch("tiny", () => {
      if (broken) throw new Error("no");
      return { batchSize: 512 };
    });
    expect(await registry.metrics()).toContain("genai_app_errors_total");
    expect(await sample("genai_app_telemetry_errors_total", { source: "registry" })).toBeGreaterThan(0);
    broken = false;
    expect(await sample("genai_app_llamacpp_batch_size", { model: "tiny" })).toBe(512);
  });
});
