import { startSpan, withSpan } from "@aiwatch/core";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { NoopSpanProcessor, type SpanProcessor } from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";
import { currentTrace } from "./propagation.ts";
import { type EndedSpan, keepRecentTraces, type RecentTracesOptions } from "./recent-traces.ts";
import { startTracing } from "./start-tracing.ts";
import { cleanTracing } from "./test-support/clean-tracing.ts";

cleanTracing();

function recording(options?: RecentTracesOptions) {
  const recent = keepRecentTraces(options);
  startTracing({ spanProcessors: [recent] });
  const traceOf = (action: () => void = () => undefined) =>
    withSpan("root", () => {
      action();
      return currentTrace()?.traceId ?? "";
    });
  return { recent, traceOf };
}

/** A span as another process hands it in: nobody saw its start here. */
function foreignSpan(traceId: string, name: string, startTimeMs: number, more: Partial<EndedSpan> = {}): EndedSpan {
  const seconds = Math.trunc(startTimeMs / 1000);
  return {
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => ({ traceId, spanId: name }),
    startTime: [seconds, Math.round((startTimeMs - seconds * 1000) * 1e6)],
    duration: [0, 1e6],
    status: { code: SpanStatusCode.UNSET },
    attributes: {},
    events: [],
    ...more,
  };
}

describe("keepRecentTraces", () => {
  it("is a span processor of the SDK, and stands beside others", async () => {
    const processor: SpanProcessor = keepRecentTraces();
    startTracing({ spanProcessors: [processor, new NoopSpanProcessor()] });
    await processor.forceFlush();
  });

  it("keeps plain spans, in the order in which they started", () => {
    const { recent, traceOf } = recording();
    const traceId = traceOf(() => {
      startSpan("first", { text: "ä", list: [1, 2], flag: true }).end();
      const second = startSpan("second");
      second.addEvent("half way", { at: 0.5 });
      second.setStatus({ code: SpanStatusCode.ERROR, message: "why" });
      second.end();
    });
    const spans = recent.find(traceId) ?? [];
    expect(JSON.parse(JSON.stringify(spans))).toEqual(spans);
    const [root] = spans;
    const span = {
      traceId,
      spanId: expect.any(String),
      kind: "internal",
      startTimeMs: expect.any(Number),
      durationMs: expect.any(Number),
    };
    const child = { ...span, parentSpanId: root?.spanId };
    const unset = { code: "unset" };
    expect(spans).toEqual([
      { ...span, name: "root", status: unset, attributes: {}, events: [] },
      { ...child, name: "first", status: unset, attributes: { text: "ä", list: [1, 2], flag: true }, events: [] },
      {
        ...child,
        name: "second",
        status: { code: "error", message: "why" },
        attributes: {},
        events: [{ name: "half way", timeMs: expect.any(Number), attributes: { at: 0.5 } }],
      },
    ]);
    expect(Math.abs((root?.startTimeMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("forgets the trace that was silent for the longest", () => {
    const { recent, traceOf } = recording({ maxTraces: 2 });
    const ids = [traceOf(), traceOf(), traceOf()];
    expect(ids.map((id) => recent.find(id)?.length)).toEqual([undefined, 1, 1]);
    expect(recent.find("unknown")).toBeUndefined();
  });

  it("lists the latest traces first, as many as are asked for", () => {
    const { recent, traceOf } = recording({ maxTraces: 3 });
    expect(recent.list()).toEqual([]);
    const [, second, third, fourth] = [traceOf(), traceOf(), traceOf(), traceOf()];
    expect(recent.list().map(({ traceId }) => traceId)).toEqual([fourth, third, second]);
    expect(recent.list({ limit: 2 }).map(({ traceId }) => traceId)).toEqual([fourth, third]);
    expect(recent.list({ limit: 0 })).toEqual([]);
    expect(recent.list({ limit: 50 })).toHaveLength(3);
    expect(recent.list({ limit: 1 })).toEqual([{ traceId: fourth, spans: recent.find(fourth ?? "") }]);
  });

  it("lists a trace first again once another of its spans has ended", () => {
    const { recent, traceOf } = recording();
    const [first = "", second] = [traceOf(), traceOf()];
    recent.onEnd(foreignSpan(first, "late", 0));
    expect(recent.list().map(({ traceId }) => traceId)).toEqual([first, second]);
  });

  it("puts spans of other processes where their times are, in whatever order they come", () => {
    const { recent, traceOf } = recording();
    const traceId = traceOf(() => startSpan("child").end());
    const [root, child] = recent.find(traceId) ?? [];
    expect([root?.foreign, child?.foreign]).toEqual([undefined, undefined]);
    const at = root?.startTimeMs ?? 0;
    recent.onEnd(foreignSpan(traceId, "after", at + 60_000));
    recent.onEnd(foreignSpan(traceId, "before", at - 20));
    recent.onEnd(foreignSpan(traceId, "long before", at - 40));
    const spans = recent.find(traceId) ?? [];
    expect(spans.map(({ name, foreign }) => [name, foreign])).toEqual([
      ["long before", true],
      ["before", true],
      ["root", undefined],
      ["child", undefined],
      ["after", true],
    ]);
  });

  it("leaves out what is ignored: a trace of nothing else is none", () => {
    const { recent, traceOf } = recording({ ignore: ({ name }) => name === "noise" });
    const kept = traceOf(() => startSpan("noise").end());
    const { traceId } = startSpan("noise").spanContext();
    recent.onEnd(foreignSpan(traceId, "noise", 1));
    expect(recent.list()).toMatchObject([{ traceId: kept, spans: [{ name: "root" }] }]);
    expect(recent.find(traceId)).toBeUndefined();
  });

  it("is bounded within a trace and a text too", () => {
    const { recent, traceOf } = recording({ maxSpansPerTrace: 2 });
    const long = "x".repeat(5_000);
    const id = traceOf(() => {
      for (let i = 0; i < 5; i++) startSpan(long, { long }).end();
    });
    const spans = recent.find(id) ?? [];
    expect(spans).toHaveLength(2);
    expect(spans[0]?.name).toHaveLength(1_024);
    expect(spans[0]?.attributes["long"]).toHaveLength(1_024);
  });

  it("keeps what JSON has no word for as text", () => {
    const recent = keepRecentTraces();
    const time: [number, number] = [1, 500_000];
    recent.onEnd({
      name: "x",
      kind: SpanKind.CLIENT,
      spanContext: () => ({ traceId: "t", spanId: "s" }),
      startTime: time,
      duration: time,
      status: { code: SpanStatusCode.OK },
      attributes: { nan: Number.NaN, none: undefined, mixed: [null, 1] },
      events: [],
    });
    expect(recent.find("t")).toMatchObject([
      {
        kind: "client",
        startTimeMs: 1000.5,
        status: { code: "ok" },
        attributes: { nan: "NaN", none: null, mixed: [null, 1] },
      },
    ]);
  });

  it("is empty after the shutdown", async () => {
    const { recent, traceOf } = recording();
    const id = traceOf();
    await startTracing().shutdown();
    expect(recent.find(id)).toBeUndefined();
    expect(recent.list()).toEqual([]);
  });
});
