import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addUp } from "../cluster/aggregation.ts";
import type { MetricJson } from "../exposition/registry-metrics.ts";
import { renderExposition } from "../exposition/text-format.ts";
import { type ReadLine, readExposition } from "../test-support/read-exposition.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";

const metricsOf = async ({ registry }: TestAiwatch) =>
  (await registry.getMetricsAsJSON()) as unknown as readonly MetricJson[];

/** What a scraper reads in each format; no series is there twice. */
async function scrape(test: TestAiwatch): Promise<readonly ReadLine[]> {
  const metrics = await metricsOf(test);
  const [classic = [], open = []] = (["classic", "openmetrics"] as const).map((format) => {
    const lines = readExposition([...renderExposition(metrics, format)].join(""));
    expect(new Set(lines.map(({ series }) => series)).size).toBe(lines.length);
    return lines;
  });
  expect(open.length).toBe(classic.length);
  return classic;
}

const valuesOf = (lines: readonly ReadLine[], name: string) =>
  lines.filter((line) => line.name === name).map(({ value }) => value);
const sumOf = (lines: readonly ReadLine[], name: string) =>
  valuesOf(lines, name).reduce((sum, value) => sum + value, 0);

function appMetrics({ aiwatch: { metrics } }: TestAiwatch, cap = 100) {
  const labels = { a: { cap }, b: { cap } };
  return {
    counter: metrics.counter({ name: "app_things_total", help: "x", labels }),
    gauge: metrics.gauge({ name: "app_level", help: "x", labels }),
    histogram: metrics.histogram({ name: "app_wait_seconds", help: "x", labels, bounds: [1] }),
  };
}

// few pieces, so that whole values and their joins meet often; a unit of its own may be half a character
const pieces = [
  "\ud800",
  "\udfff",
  "\udbff",
  "💥",
  "\ufffd",
  "\0",
  "\u0001",
  "x",
  "a",
  "\\",
  "\n",
  "\r",
  '"',
  ",",
  "1:",
  " ",
  "~",
];
const value = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((parts) => parts.join("")),
  fc.constantFrom("", " ", "other", "__proto__", "constructor", "\\n", "\n\\"),
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ max: 0xffff, min: 0 }), { maxLength: 4 }).map((units) => String.fromCharCode(...units)),
  fc
    .constantFrom("x", "\ud83d", "💥", "\\")
    .chain((piece) => fc.integer({ min: 120, max: 300 }).map((length) => piece.repeat(length) + length)),
);

describe("whatever comes from outside as a label's value", () => {
  it("each series of an app's metrics is there once, and their sum is what was recorded", async () => {
    const additions = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(additions, fc.integer({ min: 1, max: 30 }), async (sets, cap) => {
        const test = createTestAiwatch();
        const { counter, gauge, histogram } = appMetrics(test, cap);
        for (const [a, b] of sets) {
          counter.add({ a, b });
          counter.bind({ a, b }).add();
          gauge.add({ a, b });
          histogram.observe({ a, b }, 0.5);
        }
        const lines = await scrape(test);
        expect(sumOf(lines, "app_things_total")).toBe(2 * sets.length);
        expect(sumOf(lines, "app_level")).toBe(sets.length);
        expect(sumOf(lines, "app_wait_seconds_count")).toBe(sets.length);
        expect(test.diagnostics).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("each series of ours is there once, and their sum is what was recorded", async () => {
    const calls = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(calls, async (named) => {
        const test = createTestAiwatch();
        for (const [model, tool] of named) {
          const inference = test.aiwatch.startInference({ model });
          inference.token(2);
          inference.startTool({ name: tool }).fail(new Error("x"), tool);
          inference.end({ unified: "stop" });
          test.aiwatch.reportModel(model, { contextSize: 1, info: { architecture: tool, gpu: model } });
        }
        const lines = await scrape(test);
        const count = named.length;
        expect(sumOf(lines, "genai_app_inferences_total")).toBe(count);
        expect(sumOf(lines, "genai_app_chat_tokens_total")).toBe(2 * count);
        expect(sumOf(lines, "genai_app_tool_calls_total")).toBe(count);
        expect(sumOf(lines, "genai_app_tool_call_seconds_count")).toBe(count);
        expect(sumOf(lines, "genai_app_errors_total")).toBe(count);
        expect(test.diagnostics).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it("values that differ as text stay two series, wherever they differ", async () => {
    const wellFormed = value.map((text) => text.toWellFormed());
    const sets = fc.uniqueArray(fc.tuple(wellFormed, wellFormed), {
      maxLength: 12,
      comparator: ([a, b], [c, d]) => a === c && b === d,
    });
    await fc.assert(
      fc.asyncProperty(sets, async (distinct) => {
        const test = createTestAiwatch();
        const { counter, gauge } = appMetrics(test);
        for (const [index, [a, b]] of distinct.entries()) {
          counter.add({ a, b });
          gauge.set({ a, b }, index);
        }
        const lines = await scrape(test);
        expect(valuesOf(lines, "app_things_total")).toEqual(distinct.map(() => 1));
        expect(valuesOf(lines, "app_level")).toEqual([...distinct.keys()]);
      }),
      { numRuns: 60 },
    );
  });

  it("a cluster adds up each series by itself", async () => {
    const sets = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sets, async (named) => {
        const test = createTestAiwatch();
        const { counter, histogram } = appMetrics(test);
        for (const [a, b] of named) {
          counter.add({ a, b });
          histogram.observe({ a, b }, 2);
        }
        const one = (await metricsOf(test)).filter(({ name }) => name.startsWith("app_"));
        const work = addUp([one, one]);
        let step = work.next();
        while (!step.done) step = work.next();
        const doubled = one.map(({ values = [] }) =>
          values.map(({ exemplar: _, ...sample }) => ({ ...sample, value: 2 * sample.value })),
        );
        expect(step.value.map(({ values }) => values)).toMatchObject(doubled);
      }),
      { numRuns: 30 },
    );
  });
});

it("two halves of characters, which UTF-8 writes alike, are one model's name", async () => {
  const test = createTestAiwatch();
  for (const model of ["\ud800", "\udfff", "\udfff", "a\ud800"]) {
    test.aiwatch.startInference({ model }).end({ unified: "stop" });
  }
  const labels = { operation: "chat", finish_reason: "stop" };
  expect(await test.sample("genai_app_inferences_total", { model: "\ufffd", ...labels })).toBe(3);
  expect(await test.sample("genai_app_inferences_total", { model: "a\ufffd", ...labels })).toBe(1);
  await scrape(test);
});

it("label sets of which one joined is the other one joined are two series", async () => {
  const test = createTestAiwatch();
  const { counter } = appMetrics(test);
  counter.add({ a: "x\0y", b: "z" });
  counter.add({ a: "x", b: "y\0z" });
  counter.add({ a: "1:x", b: "" });
  counter.add({ a: "", b: "1:x" });
  expect(valuesOf(await scrape(test), "app_things_total")).toEqual([1, 1, 1, 1]);
});

it("labels of one sample that are made of another one's, with our own marks between, are two in a cluster", () => {
  const of = (labels: Readonly<Record<string, string>>): MetricJson => ({
    name: "app_total",
    help: "x",
    type: "counter",
    values: [{ labels, value: 1 }],
  });
  const work = addUp([[of({ a: "x\u0000b\u0001y" })], [of({ a: "x", b: "y" })]]);
  let step = work.next();
  while (!step.done) step = work.next();
  expect(step.value[0]?.values).toHaveLength(2);
});

it("an operation and a model that read like another operation's other model are counted apart", async () => {
  const test = createTestAiwatch();
  const start = (operation: string, model: string) => test.aiwatch.startInference({ operation, model } as never);
  start("chat tiny", "model").end({ unified: "stop" });
  start("chat", "tiny model").end({ unified: "stop" });
  const labels = { operation: "chat", finish_reason: "stop" };
  expect(await test.sample("genai_app_inferences_total", { model: "tiny model", ...labels })).toBe(1);
});

it("a gauge keeps the values of two names that begin alike, however long they are", async () => {
  const test = createTestAiwatch();
  const { gauge } = appMetrics(test);
  gauge.set({ a: `${"x".repeat(300)}1`, b: "" }, 1);
  gauge.set({ a: `${"x".repeat(300)}2`, b: "" }, 2);
  const lines = await scrape(test);
  expect(valuesOf(lines, "app_level")).toEqual([1, 2]);
  expect(lines.filter(({ name }) => name === "app_level").map(({ labels }) => labels["a"]?.length)).toEqual([256, 256]);
});

it("a gauge that is read shows each label set once, and the last value of two that are one", async () => {
  const test = createTestAiwatch();
  test.aiwatch.metrics.gauge({
    name: "app_read",
    help: "x",
    labels: { a: {}, b: {} },
    read: () => [
      { labels: { a: "x\0y", b: "z" }, value: 1 },
      { labels: { a: "x", b: "y\0z" }, value: 2 },
      { labels: { a: "\ud800", b: "" }, value: 3 },
      { labels: { a: "\udfff", b: "" }, value: 4 },
    ],
  });
  expect(valuesOf(await scrape(test), "app_read")).toEqual([1, 2, 4]);
});
