import { type MeterProvider, metrics } from "@opentelemetry/api";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { AiwatchOptions } from "../aiwatch/options.ts";
import type { InferenceStart } from "../inference/inference-handle.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { otelMetrics } from "./otel-metrics.ts";
import { recordedMetrics } from "./test-support/recorded-metrics.ts";

afterEach(() => vi.unstubAllEnvs());

const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokens = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
const firstToken = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const perToken = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];

const attributes = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "llama.cpp",
  "gen_ai.request.model": "tiny",
  "gen_ai.response.model": "tiny",
};

function setUp(options: AiwatchOptions = {}) {
  const recorded = recordedMetrics();
  metrics.setGlobalMeterProvider(recorded.provider);
  const clock = fakeClock();
  const test = createTestAiwatch({ clock, observers: [otelMetrics()], ...options });
  /** A chat of 12 prompt tokens, 5 of them cached, and 3 tokens at 100, 150 and 200 ms. */
  const chat = (start: Partial<InferenceStart> = {}) => {
    const inference = test.aiwatch.startInference({ model: "tiny", parameters: { stream: true }, ...start });
    inference.evaluationBegun();
    inference.promptTokens(7, 5);
    inference.reasoningTokens(1);
    for (const wait of [100, 50, 50]) {
      clock.advance(wait);
      inference.token();
    }
    return inference;
  };
  return { ...test, ...recorded, clock, chat };
}

describe("OpenTelemetry's metrics", () => {
  it("of a model that lives here are a client's and a server's, by the names of v1.41", async () => {
    const { chat, read, diagnostics } = setUp();
    chat().end({ unified: "stop" });
    const once = (sum: number, more = {}) => [
      { attributes: { ...attributes, ...more }, count: 1, sum: expect.closeTo(sum) },
    ];
    expect(await read()).toEqual({
      "gen_ai.client.operation.duration": { unit: "s", bounds: seconds, points: once(0.2) },
      "gen_ai.client.operation.time_to_first_chunk": { unit: "s", bounds: seconds, points: once(0.1) },
      "gen_ai.client.token.usage": {
        unit: "{token}",
        bounds: tokens,
        points: [...once(12, { "gen_ai.token.type": "input" }), ...once(3, { "gen_ai.token.type": "output" })],
      },
      "gen_ai.server.request.duration": { unit: "s", bounds: seconds, points: once(0.2) },
      "gen_ai.server.time_to_first_token": { unit: "s", bounds: firstToken, points: once(0.1) },
      "gen_ai.server.time_per_output_token": { unit: "s", bounds: perToken, points: once(0.05) },
    });
    expect(diagnostics).toEqual([]);
  });

  it("have the newest draft's names, and those alone, where the app opted in", async () => {
    vi.stubEnv("OTEL_SEMCONV_STABILITY_OPT_IN", "http,gen_ai_latest_experimental");
    const { chat, read } = setUp();
    for (let n = 0; n < 2; n += 1) chat().end({ unified: "stop" });
    const all = await read();
    expect(Object.keys(all).sort()).toEqual([
      "gen_ai.client.inference.duration",
      "gen_ai.client.inference.time_to_first_chunk",
      "gen_ai.client.inference.usage.cache_read.input_tokens",
      "gen_ai.client.inference.usage.input_tokens",
      "gen_ai.client.inference.usage.output_tokens",
      "gen_ai.client.inference.usage.reasoning.output_tokens",
      "gen_ai.server.request.duration",
      "gen_ai.server.time_per_output_token",
      "gen_ai.server.time_to_first_token",
    ]);
    expect(all["gen_ai.client.inference.duration"]).toMatchObject({ unit: "s", bounds: seconds });
    const text = { ...attributes, "gen_ai.token.modality": "text" };
    expect(all["gen_ai.client.inference.usage.input_tokens"]).toEqual({
      unit: "{token}",
      bounds: undefined,
      points: [{ attributes: text, count: 1, sum: 24 }],
    });
    expect(all["gen_ai.client.inference.usage.cache_read.input_tokens"]).toMatchObject({ points: [{ sum: 10 }] });
    expect(all["gen_ai.client.inference.usage.reasoning.output_tokens"]).toMatchObject({ points: [{ sum: 2 }] });
  });

  it("call an embedding an operation: to the newest draft it is no inference", async () => {
    vi.stubEnv("OTEL_SEMCONV_STABILITY_OPT_IN", "gen_ai_latest_experimental");
    const { aiwatch, read } = setUp();
    aiwatch.startInference({ model: "tiny", operation: "embeddings" }).end({ unified: "stop" });
    const names = Object.keys(await read());
    expect(names.sort()).toEqual(["gen_ai.client.operation.duration", "gen_ai.server.request.duration"]);
  });

  it("of a model behind HTTP are a client's alone", async () => {
    const { chat, read } = setUp();
    chat({ kind: "client", provider: "ollama" }).end({ unified: "stop" });
    const all = await read();
    expect(Object.keys(all).filter((name) => name.startsWith("gen_ai.server"))).toEqual([]);
    expect(all["gen_ai.client.operation.duration"]!.points[0]!.attributes).toMatchObject({
      "gen_ai.provider.name": "ollama",
    });
  });

  it("say why an inference failed, in the durations, and leave its tokens' times out", async () => {
    const { chat, read } = setUp();
    chat().fail(new Error("canary"), "context_overflow");
    const all = await read();
    const failed = [{ attributes: { ...attributes, "error.type": "context_overflow" }, count: 1 }];
    expect(all["gen_ai.client.operation.duration"]).toMatchObject({ points: failed });
    expect(all["gen_ai.server.request.duration"]).toMatchObject({ points: failed });
    expect(all["gen_ai.client.token.usage"]!.points[0]!.attributes).not.toHaveProperty("error.type");
    expect(all).not.toHaveProperty(["gen_ai.server.time_to_first_token"]);
    expect(all).not.toHaveProperty(["gen_ai.server.time_per_output_token"]);
    expect(JSON.stringify(all)).not.toContain("canary");
  });

  it("take an abort for no failure, and its tokens' times for no answer's", async () => {
    const { chat, read } = setUp();
    chat().abort();
    const all = await read();
    expect(all["gen_ai.server.request.duration"]!.points).toMatchObject([{ attributes }]);
    expect(all["gen_ai.server.request.duration"]!.points[0]!.attributes).not.toHaveProperty("error.type");
    expect(all).not.toHaveProperty(["gen_ai.server.time_to_first_token"]);
    expect(all).toHaveProperty(["gen_ai.client.token.usage"]);
  });

  it("report no count that is unknown, and no first chunk of an answer that was not streamed", async () => {
    const { aiwatch, chat, clock, read } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    clock.advance(10);
    inference.end({ unified: "stop" });
    expect(Object.keys(await read()).sort()).toEqual([
      "gen_ai.client.operation.duration",
      "gen_ai.server.request.duration",
    ]);
    chat({ parameters: {} }).end({ unified: "stop" });
    expect(await read()).not.toHaveProperty(["gen_ai.client.operation.time_to_first_chunk"]);
  });

  it("bound the models' names as all metrics do", async () => {
    const { aiwatch, read } = setUp();
    for (let n = 0; n < 60; n += 1) aiwatch.startInference({ model: `m${n}` }).end({ unified: "stop" });
    const { points } = (await read())["gen_ai.server.request.duration"]!;
    expect(points).toHaveLength(51);
    expect(points.at(-1)).toMatchObject({ count: 10, attributes: { "gen_ai.request.model": "other" } });
  });
});

describe("where OpenTelemetry's metrics come from", () => {
  it("is the provider that the app has at the time, were it registered after us", async () => {
    metrics.disable();
    const { aiwatch } = createTestAiwatch({ observers: [otelMetrics()] });
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    for (let round = 0; round < 2; round += 1) {
      const { provider, read } = recordedMetrics();
      metrics.setGlobalMeterProvider(provider);
      aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
      expect((await read())["gen_ai.server.request.duration"]).toMatchObject({ points: [{ count: 1 }] });
      metrics.disable();
    }
  });

  it("is asked for at each operation, and makes each instrument once", async () => {
    const { chat, provider } = setUp();
    const meter = provider.getMeter("@aiwatch/core");
    const [histograms, counters] = [vi.spyOn(meter, "createHistogram"), vi.spyOn(meter, "createCounter")];
    for (let n = 0; n < 3; n += 1) chat().end({ unified: "stop" });
    const names = histograms.mock.calls.map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect([names.length, counters.mock.calls.length]).toEqual([6, 0]);
  });

  it("is the provider that it was given, where it was given one", async () => {
    const [given, global] = [recordedMetrics(), recordedMetrics()];
    metrics.setGlobalMeterProvider(global.provider);
    const { aiwatch } = createTestAiwatch({ observers: [otelMetrics({ meterProvider: given.provider })] });
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    expect([Object.keys(await given.read()).length > 0, Object.keys(await global.read())]).toEqual([true, []]);
  });

  it.each([
    ["nothing is said", {}, undefined, {}, true],
    ["the variable says no", {}, "false", {}, false],
    ["the option says no", { enabled: false }, "true", {}, false],
    ["the option says so", { enabled: true }, "false", {}, true],
    ["the instance is disabled", { enabled: true }, "true", { disabled: true }, false],
  ])("where %s", async (_, own, variable, options, expected) => {
    vi.stubEnv("AIWATCH_OTEL_METRICS", variable);
    const { provider, read } = recordedMetrics();
    metrics.setGlobalMeterProvider(provider);
    const { aiwatch } = createTestAiwatch({ ...options, observers: [otelMetrics(own)] });
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    expect(Object.keys(await read()).length > 0).toBe(expected);
  });

  it("is none where nothing was composed, whatever the variable says", async () => {
    vi.stubEnv("AIWATCH_OTEL_METRICS", "true");
    const { provider, read } = recordedMetrics();
    metrics.setGlobalMeterProvider(provider);
    createTestAiwatch().aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    expect(await read()).toEqual({});
  });

  it("is named in the error of a value that cannot be used", () => {
    const code = "AIWATCH_INVALID_SETTING";
    const meterProvider = expect.objectContaining({ code, message: expect.stringContaining("meterProvider") });
    expect(() => otelMetrics({ meterProvider: {} as MeterProvider })).toThrow(meterProvider);
    vi.stubEnv("AIWATCH_OTEL_METRICS", "maybe");
    expect(() => otelMetrics()).toThrowError('AIWATCH_OTEL_METRICS is "maybe", expected true or false');
  });
});

describe("where the app's metrics are broken", () => {
  const fail = () => {
    throw new Error("broken");
  };
  const working = { record: () => {}, add: () => {} };
  const meterOf = (parts: object) => () => ({
    createHistogram: () => working,
    createCounter: () => working,
    ...parts,
  });

  it.each([
    ["no meter can be had", fail],
    ["no instrument can be made", meterOf({ createHistogram: fail })],
    ["nothing can be recorded", meterOf({ createHistogram: () => ({ record: fail }) })],
  ])("and %s, the inference ends as ever, and the fault is counted", async (_, getMeter) => {
    metrics.setGlobalMeterProvider({ getMeter } as unknown as MeterProvider);
    const after: unknown[] = [];
    const then = { name: "after", inferenceEnded: (record: unknown) => after.push(record) };
    const observers = [otelMetrics(), then];
    const { aiwatch, inferences, diagnostics, sample } = createTestAiwatch({ observers });
    for (let n = 0; n < 2; n += 1) aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    expect([inferences.length, after.length]).toEqual([2, 2]);
    expect(diagnostics).toMatchObject([
      { source: "observer", what: 'inferenceEnded of observer "otel-metrics"' },
      { source: "observer" },
    ]);
    expect(await sample("genai_app_telemetry_errors_total", { source: "observer" })).toBe(2);
  });
});

it("what plain JavaScript names is bounded, and text that a collector can be sent", async () => {
  const { aiwatch, read } = setUp();
  for (let n = 0; n < 100; n += 1) {
    aiwatch.startInference({ model: "tiny", provider: `provider-${n}` }).fail(new Error("x"), `type-${n}`);
  }
  for (const half of ["\ud800", "\udfff"]) {
    aiwatch.startInference({ model: half, operation: half as never }).end({ unified: "stop" });
  }
  const { "gen_ai.client.operation.duration": durations } = await read();
  const of = (name: string) => new Set(durations?.points.map(({ attributes: of }) => Reflect.get(of, name)));
  expect(of("gen_ai.provider.name").size).toBe(51);
  expect(of("error.type").size).toBe(62);
  expect(of("gen_ai.operation.name")).toEqual(new Set(["chat"]));
  expect(of("gen_ai.request.model")).toEqual(new Set(["tiny", "\ufffd"]));
});
