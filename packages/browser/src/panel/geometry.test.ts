import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { courseOf, piecesOf } from "./geometry.ts";

/** The points of a path. */
const points = (path: string) =>
  [...path.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);

describe("a course", () => {
  it("has each value at its place: the last one at the right edge, the highest 8 % below the top, 0 at the bottom", () => {
    const course = courseOf([0, 50, 75, 100]);
    expect(points(course?.line ?? "")).toEqual([
      [0, 25],
      [33.3, 13.9],
      [66.7, 8.3],
      [100, 2.8],
    ]);
    expect(course?.limitY).toBeUndefined();
  });

  it("begins where it was first measured", () => {
    expect(points(courseOf([null, 1, 1, 1, 1])?.line ?? "").map(([x]) => x)).toEqual([25, 50, 75, 100]);
  });

  it("is broken where nothing was measured, and a single value is a dot", () => {
    const course = courseOf([1, 1, null, 1, null, 1, 1]);
    expect(course?.line.match(/M/g)).toHaveLength(3);
    expect(course?.line).toContain("h.01");
    expect(course?.area.match(/Z/g)).toHaveLength(2);
  });

  it("is none of fewer than four values, however long nothing was measured", () => {
    expect([courseOf([]), courseOf([1, 2, 3]), courseOf([1, null, 2, null, 3, null])]).toEqual(
      Array(3).fill(undefined),
    );
    expect(courseOf([1, null, 2, null, 3, null, 4])).toBeDefined();
  });

  it("has the limit within the box, and above it what is over it", () => {
    const over = courseOf([900, 900, 900, 900], 500);
    expect(Number(over?.limitY)).toBeGreaterThan(points(over?.line ?? "")[0]?.[1] ?? Number.NaN);
    expect(Number(courseOf([1, 1, 1, 1], 500)?.limitY)).toBeCloseTo(2.8);
  });
});

describe("the pieces of a bar", () => {
  it("are as wide as their values, one behind the other", () => {
    expect(
      piecesOf(
        [
          ["line", 20],
          ["prompt", 0],
          ["decode", 60],
          ["tool", undefined],
        ],
        100,
      ),
    ).toEqual([
      { kind: "line", x: "0", width: "20" },
      { kind: "decode", x: "20", width: "60" },
    ]);
  });

  it("are seen, however small, and never leave the bar", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 6 }), (values) => {
        const whole = values.reduce((sum, value) => sum + value, 0);
        const pieces = piecesOf(
          values.map((value, at) => [`${at}`, value] as const),
          whole,
        );
        for (const { x, width } of pieces) {
          expect(Number(width)).toBeGreaterThan(0);
          expect(Number(x) + Number(width)).toBeLessThanOrEqual(100.11);
        }
      }),
    );
  });

  it("are none of a whole that is 0", () => {
    expect(piecesOf([["failed", 0]], 0)).toEqual([]);
  });
});
