import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { LogHistogram, least, most, relativeError } from "./log-histogram.ts";

const shares = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1];

function histogramOf(values: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

/** By the definition: the least value that a share of all is not above. */
function exactQuantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number;
}

const quantilesOf = (histogram: LogHistogram) => shares.map((share) => histogram.quantile(share));

/** Over all twelve orders of magnitude alike, in clusters, and at the bounds. */
const value = fc.oneof(
  fc.double({ min: Math.log(least), max: Math.log(most), noNaN: true }).map((log) => Math.min(Math.exp(log), most)),
  fc.double({ min: 90, max: 110, noNaN: true }),
  fc.constantFrom(0, least, most, 1, 5000),
);
// without a size they would be ten at most
const values = fc.array(value, { maxLength: 400, size: "max" });

describe("a histogram of growing buckets", () => {
  it("gives each quantile within its error of the exact one", () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 400, size: "max" }),
        fc.constantFrom(...shares),
        (all, share) => {
          const exact = exactQuantile(all, share);
          const error = Math.abs((histogramOf(all).quantile(share) as number) - exact);
          expect(error).toBeLessThanOrEqual((exact < least ? least : exact) * relativeError * (1 + 1e-9));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("is the same whatever the order of its values, and of those that are merged", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const all = quantilesOf(histogramOf([...c, ...a, ...b].reverse()));
        const [left, right] = [histogramOf(a), histogramOf(b)];
        left.merge(histogramOf(b));
        left.merge(histogramOf(c));
        right.merge(histogramOf(c));
        right.merge(histogramOf(a));
        expect([quantilesOf(left), quantilesOf(right)]).toEqual([all, all]);
        expect([left.count, right.count]).toEqual(Array(2).fill(a.length + b.length + c.length));
      }),
      { numRuns: 500 },
    );
  });

  it("leaves what it merges as it was", () => {
    const other = histogramOf([1, 2, 3]);
    new LogHistogram().merge(other);
    const sum = histogramOf([7]);
    sum.merge(other);
    expect(quantilesOf(other)).toEqual(quantilesOf(histogramOf([1, 2, 3])));
  });

  it("gives nothing of no value, and one value as it is", () => {
    expect(new LogHistogram().quantile(0.5)).toBe(undefined);
    expect(histogramOf([123.4]).quantile(0.95)).toBe(123.4);
    expect(histogramOf([10, 1000]).quantile(0.5)).toBeCloseTo(10, 0);
  });

  it("counts the smallest values as 0, the largest as the most, and no value that is none", () => {
    expect(histogramOf([0, least / 2, -0]).quantile(1)).toBe(0);
    expect(histogramOf([most * 10, Number.POSITIVE_INFINITY]).quantile(0.5)).toBe(most);
    expect(histogramOf([Number.NaN, -1, Number.NEGATIVE_INFINITY]).count).toBe(0);
  });
});

it("takes what one of another copy of this package has", async () => {
  vi.resetModules();
  const { LogHistogram: Other } = await import("./log-histogram.ts");
  expect(Other).not.toBe(LogHistogram);
  const other = new Other();
  other.add(7);
  const sum = histogramOf([5]);
  sum.merge(other);
  expect([sum.count, sum.quantile(1)]).toEqual([2, 7]);
});

describe("a histogram as JSON", () => {
  it("is the same when it comes back, and nothing of no value", () => {
    fc.assert(
      fc.property(values, values, (all, more) => {
        const before = histogramOf(all);
        const json = before.toJSON();
        expect(json === undefined).toBe(all.length === 0);
        if (json === undefined) return;
        const after = LogHistogram.fromJson(JSON.parse(JSON.stringify(json)));
        for (const histogram of [before, after]) histogram.merge(histogramOf(more));
        expect([after.count, ...quantilesOf(after)]).toEqual([before.count, ...quantilesOf(before)]);
      }),
      { numRuns: 300 },
    );
  });
});
