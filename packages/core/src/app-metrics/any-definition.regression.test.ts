import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MetricJson } from "../exposition/registry-metrics.ts";
import { renderExposition } from "../exposition/text-format.ts";
import { isAiwatchError } from "../index.ts";
import { type ReadLine, readExposition } from "../test-support/read-exposition.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";

const refusals = ["AIWATCH_INVALID_ARGUMENT", "AIWATCH_METRIC_CONFLICT"];
const types = ["counter", "gauge", "histogram"] as const;
type Type = (typeof types)[number];

/** The language's own names, the formats' own, what looks alike, and anything. */
const odd = fc.oneof(
  fc.constantFrom("constructor", "toString", "hasOwnProperty", "valueOf", "__proto__", "prototype", "length", "name"),
  fc.constantFrom("le", "quantile", "__name__", "_", "a", "A1", "1a", "a-b", "a b", "ä", "a\n", "a\0", "\ud800", ""),
  fc.string(),
  fc.string({ unit: "binary" }),
);
const suffix = fc.constantFrom("", "_total", "_sum", "_bucket", "_seconds", "_total_total", "\n");
const metricName = fc.oneof(
  fc.tuple(fc.constantFrom("app_a", "app_b", "genai_app_a", "process_a"), suffix).map((parts) => parts.join("")),
  odd,
);
const values = fc.oneof(
  fc.constantFrom<unknown>({}, { cap: 1 }, { cap: 0 }, { cap: "5" }, { cap: null }, [], ["x"], ["x", ""], null, 5, "x"),
  fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }),
);
const labels = fc.dictionary(odd, values, { maxKeys: 3 });
const help = fc.oneof(
  fc.constantFrom("x", "", " ", "a\n# EOF\nforged 1", 'quoted "x" \\', "half \ud800"),
  fc.string({ unit: "binary" }),
);

const namesOf = ({ registry }: TestAiwatch) => registry.getMetricsAsArray().map(({ name }) => name);

/** Defines a metric. @returns its handle, or nothing where it was refused and the registry is as it was */
function define(test: TestAiwatch, type: Type, options: object) {
  const before = namesOf(test);
  try {
    return test.aiwatch.metrics[type](options as never) as {
      add?: (...args: unknown[]) => void;
      observe?: (...args: unknown[]) => void;
    };
  } catch (error) {
    if (!isAiwatchError(error)) throw error;
    expect(refusals).toContain(error.code);
    expect(namesOf(test)).toEqual(before);
    return undefined;
  }
}

async function scrape({ registry }: TestAiwatch, format: "classic" | "openmetrics") {
  const metrics = (await registry.getMetricsAsJSON()) as unknown as readonly MetricJson[];
  return readExposition([...renderExposition(metrics, format)].join(""));
}

describe("any definition of a metric", () => {
  it("is refused with the registry as it was, or has the series that were recorded, in both formats", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), metricName, help, labels, async (type, name, text, given) => {
        const test = createTestAiwatch();
        const handle = define(test, type, { name, help: text, labels: given });
        if (handle === undefined) return;
        const recorded = Object.fromEntries(
          Object.entries(given).map(([label, rule]) => [label, Array.isArray(rule) ? rule[0] : "v"]),
        );
        const args = Object.keys(given).length === 0 ? [1] : [recorded, 1];
        (handle.add ?? handle.observe)?.(...args);
        const sample = type === "histogram" ? `${name}_count` : name;
        for (const format of ["classic", "openmetrics"] as const) {
          const lines = (await scrape(test, format)).filter((line) => line.name === sample && line.value === 1);
          expect(lines.map((line) => Object.keys(line.labels).sort())).toEqual([Object.keys(given).sort()]);
        }
        expect(test.diagnostics).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("stands beside the others, or is refused: no two have one family, and no sample is two metrics'", async () => {
    const definition = fc.tuple(fc.constantFrom(...types), metricName);
    await fc.assert(
      fc.asyncProperty(fc.array(definition, { minLength: 2, maxLength: 8 }), async (definitions) => {
        const test = createTestAiwatch();
        for (const [type, name] of definitions) define(test, type, { name, help: "x" });
        for (const format of ["classic", "openmetrics"] as const) {
          const lines = await scrape(test, format);
          expect(new Set(lines.map(({ series }) => series)).size).toBe(lines.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("has a series for each value of its lists, whatever characters it has, and none for what is not in them", async () => {
    const value = fc.oneof(
      fc.constantFrom("\ud800", "\udfff", "\ufffd", "other", "x".repeat(300), `${"x".repeat(300)}y`, "\0", "a\nb"),
      fc.string({ unit: "binary", minLength: 1 }),
    );
    const list = fc.array(value, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(list, list, async (listed, others) => {
        const test = createTestAiwatch();
        const counter = test.aiwatch.metrics.counter({ name: "app_total", help: "x", labels: { a: listed } });
        for (const a of listed) counter.add({ a });
        const known = new Set((await scrape(test, "classic")).filter(isOurs).map(({ series }) => series));
        expect(known.size).toBe(new Set(listed.map((text) => text.toWellFormed())).size);
        for (const a of others) counter.add({ a });
        const lines = (await scrape(test, "classic")).filter(isOurs);
        const isListed = (text: string) => listed.some((each) => each.toWellFormed() === text.toWellFormed());
        const strangers = others.filter((text) => !isListed(text)).length;
        const other = lines.find(({ labels: { a } }) => a === "other")?.value ?? 0;
        expect(other).toBeGreaterThanOrEqual(strangers);
        expect(lines.filter(({ series }) => !known.has(series)).every(({ labels: { a } }) => a === "other")).toBe(true);
        expect(lines.reduce((sum, line) => sum + line.value, 0)).toBe(listed.length + others.length);
      }),
      { numRuns: 100 },
    );
  });
});

const isOurs = ({ name }: ReadLine) => name === "app_total";
