import { type Span, trace } from "@opentelemetry/api";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import type { Observer } from "../aiwatch/observer.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { takingSpan, traceWith } from "./test-support/count-spans.ts";

afterEach(() => {
  trace.disable();
  vi.restoreAllMocks();
});

function fail(): never {
  throw new Error("broken");
}

/** Spans that take everything, but for the methods that are broken, and count their ends. */
function brokenTracing({ startSpan, ...broken }: Partial<Record<keyof Span | "startSpan", () => never>>) {
  let ends = 0;
  const end = () => {
    ends += 1;
    broken.end?.();
  };
  const span = takingSpan({ ...broken, end });
  traceWith(startSpan ?? (() => span));
  return { ends: () => ends };
}

/** Everything that an adapter can tell, in one inference with one tool. */
function infer({ aiwatch }: ReturnType<typeof createTestAiwatch>) {
  const inference = aiwatch.startInference({ model: "tiny" });
  expect(inference.run(() => 5)).toBe(5);
  inference.input([{ role: "user", text: "hello" }]);
  inference.evaluationBegun();
  inference.promptTokens(3, 1);
  inference.tokenAsked();
  inference.token();
  inference.contextShift();
  const tool = inference.startTool({ name: "weather" });
  expect(tool.run(() => 6)).toBe(6);
  tool.fail(new Error("the app's own"));
  inference.token();
  inference.end({ unified: "stop" });
}

async function expectToldOf(test: ReturnType<typeof createTestAiwatch>, source: string, faults: number) {
  expect(test.diagnostics.map((diagnostic) => diagnostic.source)).toEqual(new Array(faults).fill(source));
  expect(await test.sample("genai_app_telemetry_errors_total", { source })).toBe(faults);
}

describe("where the app's tracing is broken, an inference ends as ever", () => {
  it.each([
    // the inference's own, the tool's
    ["startSpan", 2, 0],
    // asking the inference's span and the tool's
    ["isRecording", 2, 2],
    // the ids in the inference's record and in the tool's
    ["spanContext", 2, 2],
    // prompt evaluated, context shift, and the content
    ["addEvent", 3, 2],
    ["setAttributes", 1, 2],
    // the inference's span and the tool's
    ["setAttribute", 2, 2],
    ["setStatus", 1, 2],
    ["end", 2, 2],
  ] as const)("%s: %i faults, and %i spans are ended", async (method, faults, ends) => {
    const tracing = brokenTracing({ [method]: fail });
    const tools: unknown[] = [];
    const observers = [{ name: "tools", toolEnded: (record: unknown) => tools.push(record) }];
    const test = createTestAiwatch({ observers, content: { target: "span_and_event" } });
    infer(test);
    expect(test.inferences).toMatchObject([{ promptTokens: 4, outputTokens: 2, toolCalls: 1 }]);
    expect(tools).toMatchObject([{ tool: "weather", outcome: "error" }]);
    expect(tracing.ends()).toBe(ends);
    await expectToldOf(test, "tracer", faults);
    const labels = { model: "tiny", operation: "chat", finish_reason: "stop" };
    expect(await test.sample("genai_app_inferences_total", labels)).toBe(1);
  });

  it("all of it at once", () => {
    const names = ["isRecording", "spanContext", "addEvent", "setAttributes", "setAttribute", "setStatus", "end"];
    brokenTracing(Object.fromEntries(names.map((name) => [name, fail])));
    const test = createTestAiwatch();
    infer(test);
    expect(test.inferences).toHaveLength(1);
    expect(test.inferences[0]).not.toHaveProperty("traceId");
  });
});

describe("where a metric is broken, an inference ends as ever", () => {
  it.each([
    ["inferences", "bind"],
    ["chatTokens", "bind"],
    ["modelLatency", "bind"],
    ["promptTokens", "bind"],
    ["toolCalls", "begin"],
    ["toolCalls", "add"],
    ["toolCallDuration", "observe"],
    ["errors", "add"],
  ] as const)("%s.%s", async (name, method) => {
    const tools: unknown[] = [];
    const observers = [{ name: "tools", toolEnded: (record: unknown) => tools.push(record) }];
    const test = createTestAiwatch({ observers, clock: fakeClock(1000) });
    const metric: object = hostOf(test.aiwatch).instruments[name];
    vi.spyOn(metric as Record<string, () => void>, method).mockImplementation(fail);
    infer(test);
    expect(test.inferences).toMatchObject([{ promptTokens: 4, outputTokens: 2, toolCalls: 1 }]);
    expect(test.inferences[0]).not.toHaveProperty("eventLoopDelayMs");
    expect(tools).toHaveLength(1);
    expect(test.diagnostics.length).toBeGreaterThan(0);
    await expectToldOf(test, "registry", test.diagnostics.length);
    expect(await test.sample("genai_app_active_inferences", { model: "tiny" })).toBe(0);
    expect(test.aiwatch.summary().inferences.stop).toBe(1);
  });

  it("the counter of our own faults itself: it is still told", () => {
    const test = createTestAiwatch();
    vi.spyOn(hostOf(test.aiwatch).instruments.telemetryErrors, "add").mockImplementation(fail);
    vi.spyOn(hostOf(test.aiwatch).instruments.inferences, "bind").mockImplementation(fail);
    infer(test);
    expect(test.inferences).toHaveLength(1);
    expect(test.diagnostics.map(({ source }) => source)).toContain("registry");
  });
});

describe("where an observer is broken", () => {
  const request = {
    requestId: "r",
    method: "GET",
    path: "/",
    route: "/",
    status: 200,
    durationMs: 1,
    startedAt: new Date(0),
    aborted: false,
    logged: false,
    own: false,
    chat: false,
  };
  const told: string[] = [];
  const after: Observer = {
    name: "after",
    inferenceEnded: () => told.push("inference"),
    toolEnded: () => told.push("tool"),
    requestEnded: () => told.push("request"),
    close: () => void told.push("close"),
  };

  it.each([
    ["throws", fail],
    ["rejects", () => Promise.reject(new Error("broken"))],
  ])(
    "and %s at each of its methods, the others are told, the faults are counted, nobody else sees them",
    async (_, no) => {
      told.length = 0;
      const broken: Observer = { name: "broken", inferenceEnded: no, toolEnded: no, requestEnded: no, close: no };
      const test = createTestAiwatch({ observers: [broken, after] });
      infer(test);
      hostOf(test.aiwatch).notifyRequest(request);
      await test.aiwatch.close();
      expect(told).toEqual(["tool", "inference", "request", "close"]);
      expect([test.inferences.length, test.requests.length]).toEqual([1, 1]);
      await expectToldOf(test, "observer", 4);
      expect(test.diagnostics[0]!.what).toBe('toolEnded of observer "broken"');
    },
  );

  it("in its very name, it costs the others nothing", () => {
    let calls = 0;
    const nameless = {
      get name(): string {
        calls += 1;
        return calls === 1 ? "at first" : fail();
      },
      inferenceEnded: fail,
    };
    const test = createTestAiwatch({ observers: [nameless] });
    infer(test);
    expect(test.inferences).toHaveLength(1);
    expect(test.diagnostics).toMatchObject([{ source: "observer" }]);
  });

  it("and so is who hears of it, the app goes on", () => {
    const test = createTestAiwatch({ observers: [{ name: "broken", inferenceEnded: fail }] });
    vi.spyOn(test.diagnostics as unknown[], "push").mockImplementation(fail);
    infer(test);
    expect(test.inferences).toHaveLength(1);
  });
});
