import { describe, expect, it } from "vitest";
import { durationOf, rateIntervalOf, secondsOf, stepOf } from "./steps.ts";

describe("steps", () => {
  it("are nice numbers, and not below the least", () => {
    expect(stepOf(3600, 700, 5)).toBe(5);
    expect(stepOf(21_600, 700, 5)).toBe(30);
    expect(stepOf(240, 700, 30)).toBe(30);
  });

  it("give Grafana's interval for rates", () => {
    expect(rateIntervalOf(30, 5)).toBe(35);
    expect(rateIntervalOf(5, 5)).toBe(20);
  });

  it("are read and written as durations", () => {
    expect(["30s", ">1m", "500ms", "$x", undefined].map(secondsOf)).toEqual([30, 60, 0.5, undefined, undefined]);
    expect([90, 0.5].map(durationOf)).toEqual(["90s", "500ms"]);
  });
});
