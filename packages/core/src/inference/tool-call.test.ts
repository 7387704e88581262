import { SpanStatusCode, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { keep } from "../test-support/keep.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";
import type { ToolRecord } from "./record.ts";

const spans = recordedSpans();
const calls = "genai_app_tool_calls_total";

function setUp() {
  const clock = fakeClock();
  const tools: ToolRecord[] = [];
  const observers = [{ name: "tools", toolEnded: (record: ToolRecord) => tools.push(record) }];
  const test = createTestAiwatch({ clock, observers });
  const inference = keep(test.aiwatch.startInference({ model: "tiny" }));
  const countOf = (outcome: string) => test.sample(calls, { model: "tiny", tool: "weather", outcome });
  return { ...test, clock, tools, inference, countOf };
}

describe("a tool call's span", () => {
  it("is a child of the inference's, with what is known of the call", () => {
    const { inference, tools } = setUp();
    const tool = inference.startTool({ name: "weather", callId: "call-1", description: "The weather of a place" });
    tool.end();
    expect(spans()).toMatchObject([
      {
        name: "execute_tool weather",
        parentSpanContext: { spanId: inference.span.spanContext().spanId },
        status: { code: SpanStatusCode.UNSET },
        attributes: {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": "weather",
          "gen_ai.tool.type": "function",
          "gen_ai.tool.call.id": "call-1",
          "gen_ai.tool.description": "The weather of a place",
          "aiwatch.tool.outcome": "ok",
        },
      },
    ]);
    const { traceId, spanId } = tool.span.spanContext();
    expect(tools).toMatchObject([{ traceId, spanId }]);
    inference.end({ unified: "stop" });
  });

  it("is active inside run, across what is awaited, and only there", async () => {
    const { inference } = setUp();
    const tool = inference.startTool({ name: "weather" });
    const inside = await tool.run(async () => {
      await Promise.resolve();
      return trace.getActiveSpan();
    });
    expect(inside).toBe(tool.span);
    expect(trace.getActiveSpan()).toBe(undefined);
    const error = new TypeError("the app's own");
    expect(() =>
      tool.run(() => {
        throw error;
      }),
    ).toThrow(error);
    tool.end();
    inference.end({ unified: "stop" });
  });

  it("names a failure by its class, and holds nothing of its message", () => {
    const { inference, tools } = setUp();
    inference.startTool({ name: "weather" }).fail(new RangeError("no such city: canary"));
    inference.end({ unified: "stop" });
    const [span] = spans();
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { "error.type": "RangeError", "aiwatch.tool.outcome": "error" },
    });
    const { status, attributes, events } = span!;
    expect(JSON.stringify([status, attributes, events, tools])).not.toContain("canary");
  });
});

describe("a tool call's record", () => {
  it("says how it ended and how long it took, and nobody can change it", () => {
    const { inference, clock, tools } = setUp();
    const tool = inference.startTool({ name: "weather" });
    clock.advance(40);
    expect(tool.ended).toBe(false);
    tool.fail(new Error("no"), "tool_failed");
    expect(tool.ended).toBe(true);
    const rest = { traceId: expect.any(String), spanId: expect.any(String), sampled: true };
    const failure = { type: "tool_failed" };
    expect(tools).toEqual([{ model: "tiny", tool: "weather", outcome: "error", durationMs: 40, failure, ...rest }]);
    expect(Object.isFrozen(tools[0])).toBe(true);
  });

  it("comes once, whatever is told afterwards", async () => {
    const { inference, tools, countOf } = setUp();
    const tool = inference.startTool({ name: "weather" });
    tool.end();
    tool.fail(new Error("late"));
    tool.abort();
    tool.end();
    expect(tools).toMatchObject([{ outcome: "ok" }]);
    expect([await countOf("ok"), await countOf("error"), await countOf("aborted")]).toEqual([1, 0, 0]);
    expect(spans()).toHaveLength(1);
  });

  it.each([
    ["returns", (tool: { end(): void }) => tool.end()],
    ["throws", (tool: { fail(error: unknown): void }) => tool.fail(new Error("late"))],
  ])("is an abort where its inference was aborted, though it %s", async (_, finish) => {
    const { inference, tools, countOf, sample } = setUp();
    const tool = inference.startTool({ name: "weather" });
    inference.abort();
    finish(tool);
    expect(tools).toMatchObject([{ outcome: "aborted" }]);
    expect(tools[0]).not.toHaveProperty("failure");
    expect(await countOf("aborted")).toBe(1);
    expect(await sample("genai_app_errors_total", { type: "Error", operation: "tool" })).toBe(undefined);
    expect(spans().at(-1)).toMatchObject({ status: { code: SpanStatusCode.UNSET } });
  });

  it("is what it was where the inference ended by itself before it did", () => {
    const { inference, tools } = setUp();
    const tool = inference.startTool({ name: "weather" });
    inference.end({ unified: "stop" });
    inference.abort();
    tool.end();
    expect(tools).toMatchObject([{ outcome: "ok" }]);
  });
});

describe("tool calls in the metrics", () => {
  it("begin at 0 when the first one begins, and count each outcome and its duration", async () => {
    const { inference, clock, countOf, sample } = setUp();
    const first = inference.startTool({ name: "weather" });
    expect([await countOf("ok"), await countOf("error"), await countOf("aborted")]).toEqual([0, 0, 0]);
    clock.advance(300);
    first.end();
    inference.startTool({ name: "weather" }).fail(new Error("no"), "tool_failed");
    inference.startTool({ name: "weather" }).abort();
    expect([await countOf("ok"), await countOf("error"), await countOf("aborted")]).toEqual([1, 1, 1]);
    expect(await sample("genai_app_errors_total", { type: "tool_failed", operation: "tool" })).toBe(1);
    const labels = { model: "tiny", tool: "weather" };
    expect(await sample("genai_app_tool_call_seconds_sum", labels)).toBeCloseTo(0.3);
    expect(await sample("genai_app_tool_call_seconds_count", labels)).toBe(3);
  });

  it("carry the tool's trace as an exemplar", async () => {
    const { inference, registry } = setUp();
    const tool = inference.startTool({ name: "weather" });
    tool.end();
    const { values } = await registry.getSingleMetric("genai_app_tool_call_seconds")!.get();
    const exemplars = values.flatMap((value) => ("exemplar" in value && value.exemplar ? [value.exemplar] : []));
    const { traceId, spanId } = tool.span.spanContext();
    expect(exemplars).toMatchObject([{ labelSet: { trace_id: traceId, span_id: spanId } }]);
  });

  it("are in the inference's record, as far as they began before it ended", () => {
    const { aiwatch, inference, inferences, tools } = setUp();
    inference.startTool({ name: "weather" }).end();
    inference.startTool({ name: "weather" });
    inference.end({ unified: "tool_calls" });
    inference.startTool({ name: "weather" }).end();
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    expect(inferences.map(({ toolCalls }) => toolCalls)).toEqual([2, undefined]);
    expect(inferences[1]).not.toHaveProperty("toolCalls");
    expect(tools).toHaveLength(2);
  });
});
