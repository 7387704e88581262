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
});
