import { createRequire } from "node:module";
import { createAiwatch } from "@aiwatch/core";
import { type OtlpReceiver, otlpReceiver, testServer } from "@aiwatch/testkit";
import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  keepRecentTraces,
  type SamplerName,
  type SpanProcessorLike,
  startSpan,
  startTracing,
  withSpan,
} from "./index.ts";
import { currentTrace } from "./propagation.ts";
import { installedPackages } from "./sdk/packages.ts";
import { cleanTracing, refusalOf } from "./test-support/clean-tracing.ts";

cleanTracing();

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await otlpReceiver();
});
afterEach(() => receiver.close());

describe("startTracing", () => {
  it("sends the spans of core and of the app, as one trace", async () => {
    vi.stubEnv("OTLP_ENDPOINT", receiver.endpoint);
    const tracing = startTracing({ serviceName: "chat-api" });
    expect(tracing).toMatchObject({ enabled: true, endpoint: `${receiver.url}/v1/traces` });
    expect(tracing).not.toHaveProperty("reason");
    const aiwatch = createAiwatch({ registry: new Registry() });
    const ids = withSpan("answer", () => {
      using _ = startSpan("beside");
      const inference = aiwatch.startInference({ model: "tiny", parameters: { maxTokens: 8 } });
      inference.evaluationBegun();
      inference.promptTokens(3, 2);
      inference.token(2);
      inference.end({ unified: "stop", raw: "eogToken" });
      return currentTrace();
    });
    await aiwatch.close();
    const spans = await receiver.waitForSpans((all) => all.length === 3);
    const [root, beside, chat] = ["answer", "beside", "chat tiny"].map((name) =>
      spans.find((span) => span.name === name),
    );
    expect(root).toMatchObject({ ...ids, resource: { "service.name": "chat-api" } });
    expect(root).not.toHaveProperty("parentSpanId");
    expect(beside).toMatchObject({ traceId: ids?.traceId, parentSpanId: ids?.spanId });
    expect(chat).toMatchObject({
      traceId: ids?.traceId,
      parentSpanId: ids?.spanId,
      kind: "internal",
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "llama.cpp",
        "gen_ai.request.model": "tiny",
        "gen_ai.usage.input_tokens": 5,
        "gen_ai.usage.output_tokens": 2,
        "gen_ai.response.finish_reasons": ["stop"],
      },
    });
  });

  it("sends neither the process's arguments nor an error's message", async () => {
    startTracing({ endpoint: receiver.url });
    const aiwatch = createAiwatch({ registry: new Registry() });
    expect(() =>
      withSpan("fails", () => {
        aiwatch.startInference({ model: "tiny" }).fail(new Error("canary: the prompt"));
        throw new TypeError("canary: the prompt");
      }),
    ).toThrow(TypeError);
    await aiwatch.close();
    const spans = await receiver.waitForSpans((all) => all.length === 2);
    expect(spans.map(({ status }) => status.code)).toEqual(["error", "error"]);
    const text = JSON.stringify(spans, (_, value) => (typeof value === "bigint" ? String(value) : value));
    expect(text).not.toContain("canary");
    expect(Object.keys(spans[0]?.resource ?? {})).not.toContain("process.command_args");
  });

  it("sends credentials and headers, and shows none", async () => {
    const tracing = startTracing({
      endpoint: `http://ada:canary@${receiver.endpoint}`,
      headers: { "x-tenant": "canary" },
    });
    startSpan("x").end();
    await tracing.flush();
    expect(receiver.headers()[0]).toMatchObject({
      authorization: `Basic ${Buffer.from("ada:canary").toString("base64")}`,
      "x-tenant": "canary",
    });
    expect(JSON.stringify(tracing)).not.toContain("canary");
  });

  it("leaves OpenTelemetry's own variables to its SDK", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url);
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=7");
    vi.stubEnv("OTEL_SERVICE_NAME", "from-otel");
    vi.stubEnv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test");
    vi.stubEnv("OTEL_LOGS_EXPORTER", "console");
    const tracing = startTracing();
    expect(process.env["OTEL_LOGS_EXPORTER"]).toBe("console");
    expect(process.env["OTEL_METRICS_EXPORTER"]).toBeUndefined();
    startSpan("x").end();
    await tracing.shutdown();
    expect(receiver.headers()[0]).toMatchObject({ "x-tenant": "7" });
    expect(receiver.spans()[0]?.resource).toMatchObject({
      "service.name": "from-otel",
      "deployment.environment": "test",
    });
  });

  it("registers W3C propagation and contexts that follow awaits", async () => {
    startTracing({ spanProcessors: [keepRecentTraces()] });
    const carrier: Record<string, string> = {};
    await withSpan("outer", async (span) => {
      await Promise.resolve();
      propagation.inject(context.active(), carrier);
      expect(carrier["traceparent"]).toBe(`00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`);
    });
    expect(propagation.fields()).toEqual(expect.arrayContaining(["traceparent", "baggage"]));
    expect(currentTrace()).toBeUndefined();
  });

  it("tells of the service: options before the environment, which tells the rest", async () => {
    vi.stubEnv("OTEL_SERVICE_NAME", "from-otel");
    vi.stubEnv("OTEL_RESOURCE_ATTRIBUTES", "service.version=1,deployment.environment.name=test,team=a%2Cb");
    const tracing = startTracing({ endpoint: receiver.url, serviceName: "chat-api", serviceVersion: "2" });
    startSpan("x").end();
    await tracing.shutdown();
    vi.stubEnv("OTEL_NODE_RESOURCE_DETECTORS", "none");
    const again = startTracing({ endpoint: receiver.url, deploymentEnvironment: "production" });
    startSpan("y").end();
    await again.shutdown();
    const [first, second] = receiver.spans().map(({ resource }) => resource);
    expect(first).toMatchObject({
      "service.name": "chat-api",
      "service.version": "2",
      "deployment.environment.name": "test",
      team: "a,b",
      "host.name": expect.any(String),
    });
    expect(second).toMatchObject({ "deployment.environment.name": "production" });
    expect(second).not.toHaveProperty("team");
  });

  it.each([
    [{ sampleRatio: 0 }, 0],
    [{ sampleRatio: 1 }, 3],
    [{ sampler: "traceidratio", sampleRatio: 0 } as const, 0],
    [{ sampler: "always_on" } as const, 3],
  ])("keeps a part of the traces: %j", async (options, expected) => {
    const recent = keepRecentTraces();
    startTracing({ spanProcessors: [recent], ...options });
    const ids = Array.from({ length: 3 }, () => withSpan("x", () => currentTrace()?.traceId ?? ""));
    expect(ids.filter((id) => recent.find(id) !== undefined)).toHaveLength(expected);
  });

  it.each<[SamplerName, readonly [root: boolean, sampledParent: boolean, unsampledParent: boolean]]>([
    ["always_on", [true, true, true]],
    ["always_off", [false, false, false]],
    ["parentbased_always_on", [true, true, false]],
    ["parentbased_always_off", [false, true, false]],
    ["parentbased_traceidratio", [false, true, false]],
    ["traceidratio", [false, false, false]],
  ])("follows OTEL_TRACES_SAMPLER=%s", (sampler, expected) => {
    vi.stubEnv("OTEL_TRACES_SAMPLER", sampler);
    vi.stubEnv("OTEL_TRACES_SAMPLER_ARG", "0");
    startTracing({ spanProcessors: [keepRecentTraces()] });
    const isRecorded = (flags?: string) => {
      const carrier = flags === undefined ? {} : { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}` };
      return context.with(propagation.extract(ROOT_CONTEXT, carrier), () =>
        withSpan("x", (span) => span.isRecording()),
      );
    };
    expect([isRecorded(), isRecorded("01"), isRecorded("00")]).toEqual(expected);
  });
});

describe("it starts once", () => {
  it("gives the same handle while it runs, and starts again after", async () => {
    const first = startTracing({ endpoint: receiver.url });
    expect(startTracing({ endpoint: "grpc://not-looked-at" })).toBe(first);
    await first.shutdown();
    await first.shutdown();
    expect(trace.getTracer("x").startSpan("x").isRecording()).toBe(false);
    const second = startTracing({ endpoint: receiver.url });
    expect(second).not.toBe(first);
    withSpan("again", () => expect(currentTrace()).toBeDefined());
    await second.shutdown();
    expect(receiver.spans().map(({ name }) => name)).toEqual(["again"]);
  });

  it("leaves the app's own SDK alone", async () => {
    const provider = { getTracer: () => trace.getTracer("the app's") };
    trace.setGlobalTracerProvider(provider);
    const tracing = startTracing({ endpoint: receiver.url });
    expect(tracing).toMatchObject({ enabled: false, reason: "foreign_provider" });
    await tracing.shutdown();
    await tracing.flush();
    expect(trace.getTracerProvider()).toMatchObject({ _delegate: provider });
  });

  it.each(["OTEL_SDK_DISABLED", "AIWATCH_DISABLED"])("is off with %s, and makes nothing", async (variable) => {
    vi.stubEnv(variable, "true");
    const tracing = startTracing({ endpoint: receiver.url });
    expect(tracing).toMatchObject({ enabled: false, reason: "disabled" });
    expect(withSpan("x", (span) => span.isRecording())).toBe(false);
    await tracing.shutdown();
    expect(receiver.requests).toBe(0);
  });
});

describe("a collector that is no help", () => {
  const spansInto = async (endpoint: string) => {
    const tracing = startTracing({ endpoint, shutdownTimeoutMs: 50 });
    startSpan("x").end();
    const began = performance.now();
    await tracing.flush();
    startSpan("y").end();
    await tracing.shutdown();
    return performance.now() - began;
  };

  it("hangs: flush and shutdown return in time", async () => {
    const asked = vi.fn();
    const hanging = await testServer(asked);
    expect(await spansInto(hanging.url)).toBeLessThan(2_000);
    expect(asked).toHaveBeenCalled();
    await hanging.close();
  });

  it("is down, or refuses: nothing is thrown or written", async () => {
    const write = vi.spyOn(process.stderr, "write");
    const refusing = await testServer((_, response) => response.writeHead(400).end("no"));
    await spansInto(refusing.url);
    await refusing.close();
    await spansInto(refusing.url);
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });

  it("is no fault of a processor that throws either", async () => {
    const fault = () => {
      throw new Error("the app's own");
    };
    const bad: SpanProcessorLike = {
      onStart: () => undefined,
      onEnd: () => undefined,
      forceFlush: fault,
      shutdown: fault,
    };
    const tracing = startTracing({ endpoint: receiver.url, spanProcessors: [bad] });
    startSpan("x").end();
    await tracing.flush();
    await tracing.shutdown();
    expect(receiver.spans()).toHaveLength(1);
  });
});

describe("errors", () => {
  it("name what is wrong, without credentials", () => {
    vi.stubEnv("OTLP_ENDPOINT", "https://ada:canary@host:port/otlp");
    expect(refusalOf(() => startTracing())).toMatch(
      /^AIWATCH_INVALID_SETTING: OTLP_ENDPOINT is "https:\/\/\*\*\*@host:port/,
    );
    expect(refusalOf(() => startTracing({ endpoint: receiver.url, shutdownTimeoutMs: -1 }))).toMatch(
      /^AIWATCH_INVALID_SETTING: the option shutdownTimeoutMs is -1/,
    );
  });

  it("say how to get the SDK where it is not installed", () => {
    expect(refusalOf(() => installedPackages(createRequire("/nowhere/index.js")))).toMatch(
      /^AIWATCH_MISSING_PEER: .*npm install @opentelemetry\/sdk-node @opentelemetry\/api/,
    );
  });
});
