import { describe, expect, it } from "vitest";
import { seededRandom } from "./pairs.ts";
import { estimateMedian, estimateTrimmedMean, median, quantile, trimmedMean } from "./statistics.ts";

describe("median", () => {
  it("is the middle value, or the mean of two", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("leaves the values as they are", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

it("leaves the lowest and the highest tenth out of a trimmed mean", () => {
  expect(trimmedMean([1000, 1, 2, 3, 4, 5, 6, 7, 8, -1000])).toBe(4.5);
  expect(trimmedMean([1, 3])).toBe(2);
  const { value, low, high } = estimateTrimmedMean([1, 2, 3, 4, 5], seededRandom(1));
  expect(value).toBe(3);
  expect(low).toBeLessThan(3);
  expect(high).toBeGreaterThan(3);
});

it("takes a quantile between neighbours in proportion", () => {
  expect(quantile([4, 1, 2, 3, 5], 0)).toBe(1);
  expect(quantile([4, 1, 2, 3, 5], 1)).toBe(5);
  expect(quantile([10, 20], 0.25)).toBe(12.5);
});

describe("estimateMedian", () => {
  /** The sum of twelve: nearly normal, with a mean of `centre` and a standard deviation of 1. */
  const normal = (random: () => number, centre: number) =>
    Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, centre - 6);

  it("is a point where all values are alike", () => {
    expect(estimateMedian([7, 7, 7], seededRandom(1))).toEqual({ value: 7, low: 7, high: 7 });
  });

  it("is the same for the same seed", () => {
    const values = [1, 5, 2, 8, 3];
    expect(estimateMedian(values, seededRandom(3))).toEqual(estimateMedian(values, seededRandom(3)));
  });

  it("holds the true median in about 95 of 100 runs", () => {
    const random = seededRandom(5);
    let held = 0;
    for (let run = 0; run < 300; run += 1) {
      const values = Array.from({ length: 31 }, () => normal(random, 100));
      const { low, high } = estimateMedian(values, random, 300);
      if (low <= 100 && 100 <= high) held += 1;
    }
    expect(held / 300).toBeGreaterThan(0.9);
    expect(held / 300).toBeLessThan(0.99);
  });

  it("is not moved by one value that is far off", () => {
    const values = [1, 1.01, 0.99, 1, 1.02, 0.98, 1, 1.01, 50];
    expect(estimateMedian(values, seededRandom(1)).high).toBeLessThan(1.03);
  });
});
