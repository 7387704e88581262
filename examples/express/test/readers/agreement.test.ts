import { describe, expect, test } from "vitest";
import { agreementOf, pairsOf, quantileOf, reportOf } from "./test-support/agreement.ts";
import { longestBetween } from "./test-support/loop-delays.ts";

const noLoops = { reader: [], server: [] };
const pair = (theirs: number, ours: number) => ({ id: `${theirs}-${ours}`, sentAt: 1000, theirs, ours });

describe("what readers measured beside what the server did", () => {
  test("is apart from 20 ms on, and of a long wait from 5 % on", () => {
    const pairs = [pair(100, 80), pair(100, 79), pair(1000, 950), pair(1000, 949), pair(10, 31)];
    const { outliers, shareTolerated, medianDifferenceMs } = agreementOf(pairs, noLoops);
    expect(outliers.map(({ id }) => id)).toEqual(["1000-949", "100-79", "10-31"]);
    expect(shareTolerated).toBeCloseTo(0.4, 9);
    expect(medianDifferenceMs).toBe(21);
  });

  test("has a sum and quantiles of each, which are values that came", () => {
    const { theirs, ours, count } = agreementOf([pair(3, 1), pair(5, 4), pair(12, 10)], noLoops);
    expect([count, theirs, ours]).toEqual([3, { sumMs: 20, p50: 5, p95: 12 }, { sumMs: 15, p50: 4, p95: 10 }]);
    expect([quantileOf([1, 2], 0.5), quantileOf([7], 0.95)]).toEqual([1, 7]);
    expect(() => quantileOf([], 0.5)).toThrow(RangeError);
  });

  test("shows beside each that is apart how late both event loops were meanwhile", () => {
    // from 1000 to 1100
    const server = [
      { at: 990, ms: 500 },
      { at: 1050, ms: 30 },
      { at: 1160, ms: 70 },
      { at: 1300, ms: 100 },
    ];
    const agreement = agreementOf([pair(100, 20)], { reader: [{ at: 1020, ms: 3 }], server });
    expect(agreement.outliers).toMatchObject([{ readerLoopMs: 3, serverLoopMs: 70 }]);
    expect(longestBetween(server, 1400, 1500)).toBe(0);
    const report = reportOf(agreement, noLoops);
    expect(report).toContain("0.0 % within");
    expect(report).toContain("| 100-20 | 100.0 | 20.0 | 80.0 | 3.0 | 70.0 |");
  });

  test("lists the fifty that are furthest apart, and says how many more there are", () => {
    const pairs = Array.from({ length: 53 }, (_, index) => pair(1000, 100 + index));
    const report = reportOf(agreementOf(pairs, noLoops), noLoops);
    expect(report.split("\n").filter((line) => line.startsWith("| 1000-"))).toHaveLength(50);
    expect(report).toContain("| 1000-149 |");
    expect(report).toContain("and 3 that are less far apart");
  });

  test("is of those questions alone of which both know", () => {
    const visit = { fate: "answered", sentAt: 5, pieces: 1 } as const;
    const visits = [
      { ...visit, id: "a", firstTextMs: 2 },
      { ...visit, id: "b" },
      { ...visit, id: "c", firstTextMs: 3 },
    ];
    expect(
      pairsOf(
        visits,
        new Map([
          ["a", 1],
          ["b", 1],
        ]),
      ),
    ).toEqual([{ id: "a", sentAt: 5, theirs: 2, ours: 1 }]);
  });
});
