import type { Sample } from "../instruments/metric.ts";

/** A metric as `registry.getMetricsAsJSON()` gives it: ours, or the app's own. */
export interface MetricJson {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  /** How several processes' series become one, in prom-client's words. @default "sum" */
  readonly aggregator?: string;
  readonly values?: readonly Sample[];
}

/** OpenMetrics names a counter's family without the `_total` that its samples have. */
export function familyName({ name, type }: MetricJson): string {
  return type === "counter" ? name.replace(/_total$/, "") : name;
}

/** A counter with the `_total` that a registry whose own exposition is OpenMetrics takes off it, for good. */
export function withTotal(metric: MetricJson): MetricJson {
  return metric.type === "counter" ? { ...metric, name: `${familyName(metric)}_total` } : metric;
}
