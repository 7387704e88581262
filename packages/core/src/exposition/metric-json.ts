import { familyName } from "../catalogue/row.ts";
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

/** A counter with the `_total` that a registry whose own exposition is OpenMetrics takes off it, for good. */
export function withTotal(metric: MetricJson): MetricJson {
  return metric.type === "counter" ? { ...metric, name: `${familyName(metric)}_total` } : metric;
}
