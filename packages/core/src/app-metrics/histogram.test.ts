import { context, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { secondsBounds } from "../catalogue/bounds.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { withSpan } from "../tracing/span.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";
import { expectRefusals } from "./test-support/refusals.ts";
import { snapshotOf } from "./test-support/snapshot.ts";

recordedSpans();

const help = "How long the search took";

function setUp() {
  const clock = fakeClock();
  const test = createTestAiwatch({ clock });
  const search = test.aiwatch.metrics.histogram({
    name: "app_search_seconds",
    help,
    bounds: [0.1, 1],
    labels: { index: { cap: 2 } },
  });
  const of = (suffix: string, labels: object) => test.sample(`app_search_seconds_${suffix}`, { ...labels });
  const exemplars = async () => {
    const { values } = await snapshotOf(test.registry, "app_search_seconds");
    return values.flatMap(({ exemplar }) => (exemplar === undefined ? [] : [exemplar]));
  };
  return { ...test, clock, search, of, exemplars };
}

/** `Promise.withResolvers`, which the oldest Node that we run on has not. */
function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe("a histogram", () => {
  it("sorts values into its buckets, with their sum and count", async () => {
    const { search, of } = setUp();
    const bound = search.bind({ index: "a" });
    expect(await of("count", { index: "a" })).toBe(0);
    for (const value of [0.1, 0.5, 7.125]) search.observe({ index: "a" }, value);
    bound.observe(0.025);
    const buckets = [0.1, 1, "+Inf"].map((le) => of("bucket", { index: "a", le }));
    expect(await Promise.all(buckets)).toEqual([2, 3, 4]);
    expect([await of("sum", { index: "a" }), await of("count", { index: "a" })]).toEqual([7.75, 4]);
  });

  it("needs no labels where it has none, and is for seconds where nothing is said", async () => {
    const { aiwatch, registry, sample } = createTestAiwatch();
    const seconds = aiwatch.metrics.histogram({ name: "app_seconds", help });
    seconds.observe(3);
    seconds.bind().observe(4);
    expect(await sample("app_seconds_sum")).toBe(7);
    const { values } = await snapshotOf(registry, "app_seconds");
    expect(values.map(({ labels }) => labels["le"]).slice(0, -2)).toEqual([...secondsBounds, "+Inf"]);
  });

  it("leaves out what is unknown, negative or not finite, and is no fault by it", async () => {
    const { search, of, diagnostics } = setUp();
    const bound = search.bind({ index: "a" });
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number]) {
      search.observe({ index: "a" }, value);
      bound.observe(value);
    }
    expect(await of("count", { index: "a" })).toBe(0);
    expect(diagnostics).toEqual([]);
  });

  it("keeps its labels within their caps, and counts each value that lost one", async () => {
    const { search, of, sample } = setUp();
    for (const index of ["a", "b", "c", "d"]) search.observe({ index }, 1);
    search.bind({ index: "e" }).observe(1);
    search.time({ index: "f" }, () => {});
    expect([await of("count", { index: "b" }), await of("count", { index: "other" })]).toEqual([1, 4]);
    expect(await sample("genai_app_series_dropped_total", { metric: "app_search_seconds" })).toBe(4);
  });

  it("reports a wrong call, records nothing, and runs what is timed all the same", async () => {
    const { search, registry, ...test } = setUp();
    search.observe({} as never, 1);
    search.observe({ index: "a" }, "1" as never);
    expect(search.time({ idx: "a" } as never, () => 5)).toBe(5);
    expect(search.bind(undefined as never).time(() => 6)).toBe(6);
    expect((await snapshotOf(registry, "app_search_seconds")).values).toEqual([]);
    const missing = "without its label index";
    const reasons = [missing, "with a value that is no number", missing, "without its labels"];
    await expectRefusals(test, "app_search_seconds", reasons);
  });
});

describe("what a histogram times", () => {
  const error = new TypeError("the app's");

  it.each(["time", "bind"] as const)("is run once, with its result, by %s", async (by) => {
    const { search, of, clock } = setUp();
    const labels = { index: "a" };
    let runs = 0;
    const action = () => {
      clock.advance(500);
      runs += 1;
      return runs;
    };
    expect(by === "time" ? search.time(labels, action) : search.bind(labels).time(action)).toBe(1);
    expect([await of("sum", labels), await of("count", labels)]).toEqual([0.5, 1]);
  });

  it("is measured until it threw, with its own error", async () => {
    const { search, of, clock } = setUp();
    const fail = () => {
      clock.advance(50);
      throw error;
    };
    expect(() => search.time({ index: "a" }, fail)).toThrow(error);
    expect(await of("sum", { index: "a" })).toBe(0.05);
  });

  it("is measured until its promise was settled, with its own outcome", async () => {
    const { search, of, clock } = setUp();
    const settled = withResolvers<string>();
    const answer = search.time({ index: "a" }, () => settled.promise);
    clock.advance(2000);
    expect(await of("count", { index: "a" })).toBe(undefined);
    settled.resolve("found");
    expect(await answer).toBe("found");
    await expect(search.time({ index: "a" }, () => Promise.reject(error))).rejects.toBe(error);
    expect([await of("sum", { index: "a" }), await of("count", { index: "a" })]).toEqual([2, 2]);
  });

  it("still has Node tell of a rejection that nobody handles", async () => {
    const { search } = setUp();
    const unhandled: unknown[] = [];
    const listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (reason) => unhandled.push(reason));
    void search.time({ index: "a" }, () => Promise.reject(error));
    await new Promise((resolve) => setImmediate(resolve));
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
    expect(unhandled).toEqual([error]);
  });
});

describe("exemplars", () => {
  it("lead from a value to the sampled span that it was observed in", async () => {
    const { search, exemplars } = setUp();
    const bound = search.bind({ index: "a" });
    const ids: object[] = [];
    const inSpan = (action: () => void) =>
      withSpan("search", (span) => {
        const { traceId, spanId } = span.spanContext();
        ids.push({ trace_id: traceId, span_id: spanId });
        action();
      });
    inSpan(() => search.observe({ index: "a" }, 0.05));
    inSpan(() => bound.observe(0.5));
    inSpan(() => search.observe({ index: "a" }, 5));
    expect((await exemplars()).map(({ labelSet, value }) => ({ labelSet, value }))).toEqual([
      { labelSet: ids[0], value: 0.05 },
      { labelSet: ids[1], value: 0.5 },
      { labelSet: ids[2], value: 5 },
    ]);
  });

  it("lead from a time to the span that it began in, though it ends elsewhere", async () => {
    const { search, exemplars } = setUp();
    const settled = withResolvers<void>();
    const [traceId, timing] = withSpan("search", (span) => [
      span.spanContext().traceId,
      search.time({ index: "a" }, () => settled.promise),
    ]);
    withSpan("another", () => settled.resolve());
    await timing;
    expect(await exemplars()).toMatchObject([{ labelSet: { trace_id: traceId } }]);
  });

  it("are none without a span, and none where the trace is not sampled", async () => {
    const { search, exemplars } = setUp();
    search.observe({ index: "a" }, 1);
    const unsampled = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: TraceFlags.NONE };
    context.with(trace.setSpanContext(ROOT_CONTEXT, unsampled), () => search.observe({ index: "a" }, 1));
    expect(await exemplars()).toEqual([]);
  });
});
