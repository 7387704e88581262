import { AggregatorRegistry, Counter, Gauge, Histogram, type Registry, Summary } from "prom-client";
import { describe, expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import type { MetricJson } from "../exposition/registry-metrics.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { addUp, type Snapshot } from "./aggregation.ts";
import { cumulative } from "./departed.ts";

const exemplar = (trace_id: string) => ({ trace_id, span_id: "b7ad6b7169203331" });

function added(snapshots: readonly Snapshot[], unknownRule?: (metric: MetricJson) => void): readonly MetricJson[] {
  const work = addUp(snapshots, unknownRule);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

const read = async (registry: Registry) => (await registry.getMetricsAsJSON()) as unknown as readonly MetricJson[];

/** A process with ours and with every kind of the app's. */
async function processWith(n: number): Promise<readonly MetricJson[]> {
  const { aiwatch, registry } = createTestAiwatch();
  aiwatch.startInference({ model: `model-${n % 2}` }).end({ unified: "stop" });
  aiwatch.reportModel("model", { contextSize: n * 100, kvCacheUsageRatio: n / 10, modelMemoryBytes: n });
  hostOf(aiwatch).instruments.httpRequestDuration.observe(
    { method: "GET", endpoint: "/" },
    n / 4,
    exemplar(`trace-${n}`),
  );
  const registers = [registry];
  new Counter({ name: "app_total", help: "x", labelNames: ["a", "b"], registers }).inc({ b: n % 2, a: "a" }, n);
  new Histogram({ name: "app_seconds", help: "x", labelNames: ["a"], buckets: [1, 2], registers }).observe(
    { a: "a" },
    n,
  );
  new Summary({ name: "app_size", help: "x", percentiles: [0.5], registers }).observe(n);
  for (const aggregator of ["sum", "first", "min", "max", "average", "omit"] as const) {
    new Gauge({ name: `app_${aggregator}`, help: "x", aggregator, registers }).set(n);
  }
  return read(registry);
}

describe("addUp", () => {
  it("says what prom-client's AggregatorRegistry says of ours and of the app's, and keeps the newest exemplars", async () => {
    const processes = [await processWith(3), await processWith(1), await processWith(2)];
    const theirs = await read(AggregatorRegistry.aggregate(processes as unknown as object[]));
    const ours = added(processes);
    const plain = (snapshot: readonly MetricJson[]) =>
      snapshot.map(({ values = [], ...metric }) => ({
        ...metric,
        values: values.map(({ value, labels, metricName }) => ({ value, labels, metricName })),
      }));
    expect(plain(ours)).toEqual(plain(theirs));
    const traces = ours.flatMap(({ values = [] }) => values.map(({ exemplar }) => exemplar?.labelSet["trace_id"]));
    expect(traces.filter((trace) => trace !== undefined).sort()).toEqual(["trace-1", "trace-2", "trace-3"]);
  });

  it("gives the same sum in whatever order, and after part of it was added up before", () => {
    const terms = [0.1, 0.7, 0.3, 1e-9, 12.345, 0.2];
    const snapshot = (value: number): Snapshot => [
      { name: "app_seconds_total", help: "x", type: "counter", values: [{ labels: {}, value }] },
    ];
    const sum = (snapshots: readonly Snapshot[]) => added(snapshots)[0]?.values?.[0]?.value;
    const whole = sum(terms.map(snapshot));
    for (let turn = 0; turn < terms.length; turn += 1) {
      terms.push(terms.shift()!);
      const [first, second, third, ...others] = terms.map(snapshot);
      const before = added([first!, second!, third!]);
      expect([sum(terms.map(snapshot)), sum([...others, before])]).toEqual([whole, whole]);
    }
  });

  it("keeps the newest of two exemplars", () => {
    const bucket = (traceId: string, timestamp: number): Snapshot => [
      {
        name: "app_seconds",
        help: "x",
        type: "histogram",
        values: [{ labels: { le: 1 }, value: 1, exemplar: { labelSet: { trace_id: traceId }, value: 1, timestamp } }],
      },
    ];
    const [metric] = added([bucket("old", 1), bucket("new", 3), bucket("older", 0.5)]);
    expect(metric?.values).toMatchObject([{ value: 3, exemplar: { labelSet: { trace_id: "new" }, timestamp: 3 } }]);
  });

  it("leaves out a metric whose aggregator nobody knows, and tells of it", () => {
    const odd: MetricJson = { name: "app_odd", help: "x", type: "gauge", aggregator: "median", values: [] };
    const unknown: string[] = [];
    expect(added([[odd], [odd]], ({ name }) => unknown.push(name))).toEqual([]);
    expect(unknown).toEqual(["app_odd"]);
  });

  it("can be interrupted within a large metric", () => {
    const values = Array.from({ length: 1000 }, (_, n) => ({ labels: { n }, value: 1 }));
    const work = addUp([[{ name: "app_many", help: "x", type: "gauge", values }]]);
    let steps = 0;
    while (work.next().done !== true) steps += 1;
    expect(steps).toBeGreaterThanOrEqual(10);
  });
});

describe("cumulative", () => {
  it("keeps what was counted, and no gauge, quantile or mean", async () => {
    const kept = [...cumulative(await processWith(1))].filter(({ name }) => name.startsWith("app_"));
    expect(kept.map(({ name, values }) => [name, values?.map(({ metricName }) => metricName)])).toEqual([
      ["app_total", [undefined]],
      ["app_seconds", [...Array(3).fill("app_seconds_bucket"), "app_seconds_sum", "app_seconds_count"]],
      ["app_size", ["app_size_sum", "app_size_count"]],
    ]);
  });
});
