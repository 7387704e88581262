import { expect, it } from "vitest";
import { inTurns } from "../base/time.ts";
import type { MetricJson } from "../exposition/registry-metrics.ts";
import type { PackedMetric } from "./packed-metrics.ts";
import { joined, piecesOf } from "./packed-metrics.ts";

const metric = (name: string, values: readonly number[]): MetricJson => ({
  name,
  help: "help",
  type: "gauge",
  aggregator: "max",
  values: values.map((value, n) => ({ labels: { n }, value })),
});

const exemplar = { labelSet: { trace_id: "0af7" }, value: 0.3, timestamp: 1 };
const histogram: MetricJson = {
  name: "app_seconds",
  help: "help",
  type: "histogram",
  values: ["a", "b"].flatMap((path) => [
    { metricName: "app_seconds_bucket", labels: { le: 0.5, path }, value: 1, exemplar },
    { metricName: "app_seconds_bucket", labels: { le: "+Inf", path }, value: 2 },
    { metricName: "app_seconds_sum", labels: { path }, value: 2.3 },
    { metricName: "app_seconds_count", labels: { path }, value: 2 },
  ]),
};
const summary: MetricJson = {
  name: "app_size",
  help: "help",
  type: "summary",
  values: [
    { labels: { quantile: 0.5 }, value: 1 },
    { metricName: "app_size_count", labels: {}, value: 2 },
  ],
};

it.each([1, 2, 3, 7, 100])("what is sent in pieces of %i samples arrives whole, in JSON too", async (size) => {
  const metrics = [
    metric("none", []),
    metric("odd", [Number.POSITIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY, -0.5]),
    histogram,
    metric("many", [1, 2, 3, 4, 5, 6, 7]),
    summary,
    metric("nothing", []),
  ];
  const parts: PackedMetric[] = [];
  for (const piece of piecesOf(metrics, size)) {
    const samples = piece.flatMap(({ series }) => series.flatMap(({ values }) => values));
    expect(samples.length).toBeLessThanOrEqual(size);
    parts.push(...JSON.parse(JSON.stringify(piece)));
  }
  expect(await inTurns(joined(parts))).toEqual(metrics);
});

it("the series of a histogram share their bounds", () => {
  const [[packed]] = [...piecesOf([histogram])] as [[PackedMetric]];
  expect(packed.shapes).toHaveLength(1);
  expect(packed.series.map(({ labels }) => labels)).toEqual([{ path: "a" }, { path: "b" }]);
});
