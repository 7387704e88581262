import { catalogue } from "@aiwatch/core";
import { describe, expect, it } from "vitest";
import { SeriesSet } from "./series-set.ts";

const set = () => new SeriesSet({ job: "j", instance: "i" });

describe("the series of a process", () => {
  it("are counted whole, and are absent while nothing is known of them", () => {
    const series = set();
    const shifts = series.counter(catalogue.contextShifts, { model: "m" });
    const active = series.gauge(catalogue.activeRequests, {});
    series.add(shifts, 1.75);
    const counted = 'genai_app_llamacpp_context_shifts_total{job="j",instance="i",model="m"}';
    expect(series.linesAt(10)).toBe(`${counted} 1 10\n`);
    series.set(active, 3);
    expect(series.linesAt(10)).toContain('genai_app_active_requests{job="j",instance="i"} 3 10\n');
    series.reset();
    expect(series.linesAt(20)).toBe(`${counted} 0 20\n`);
  });

  it("have buckets that grow to their count, half of it at the median, with bounds as OpenMetrics writes them", () => {
    const series = set();
    const waits = series.histogram(catalogue.requestFirstToken, { model: "m" });
    series.observe(waits, 1000, { median: 2, sigma: 0.5 });
    const lines = series.linesAt(0).split("\n");
    const value = (part: string) => Number(lines.find((line) => line.includes(part))?.split(" ")[1]);
    const buckets = lines.filter((line) => line.includes("_bucket")).map((line) => Number(line.split(" ")[1]));
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(value('le="2.0"')).toBe(500);
    expect(value('le="+Inf"')).toBe(1000);
    expect(value("_count")).toBe(1000);
    expect(value("_sum")).toBeCloseTo(1000 * 2 * Math.exp(0.125), 3);
  });

  it("have buckets of which none grows by more than the next, in any stretch of time", () => {
    const series = set();
    const gaps = series.histogram(catalogue.timePerOutputToken, { model: "m" });
    const bucketsAt = (seconds: number) => {
      const lines = series.linesAt(seconds).split("\n");
      return lines.filter((line) => /_(bucket|count)\{/.test(line)).map((line) => Number(line.split(" ")[1]));
    };
    let before = bucketsAt(0);
    for (let step = 1; step <= 400; step += 1) {
      // a share so near to 1 that rounding the two apart would let the bucket catch up
      series.observe(gaps, 0.37, { median: 0.024, sigma: 0.25 });
      const now = bucketsAt(step);
      const grown = now.map((value, index) => value - (before[index] ?? 0));
      expect(grown).toEqual(grown.toSorted((a, b) => a - b));
      before = now;
    }
    expect(before.at(-1)).toBe(148);
  });
});
