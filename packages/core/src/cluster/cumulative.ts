import type { MetricJson } from "../exposition/metric-json.ts";
import type { Snapshot } from "./add-up.ts";

/**
 * What stays true of a process when it is gone or not heard of: what it counted. Its gauges say what is, and are not known any more.
 */
export function cumulative(snapshot: Snapshot): Snapshot {
  return {
    *[Symbol.iterator]() {
      for (const metric of snapshot) {
        const { aggregator: rule = "sum" } = metric;
        if (rule !== "sum" && rule !== "max") continue;
        if (metric.type === "counter" || metric.type === "histogram") yield metric;
        if (metric.type === "summary") yield withoutQuantiles(metric);
      }
    },
  };
}

function withoutQuantiles(summary: MetricJson): MetricJson {
  return { ...summary, values: (summary.values ?? []).filter(({ metricName }) => metricName !== undefined) };
}
