import type { Registry } from "prom-client";
import type { MetricSnapshot } from "../../instruments/metric.ts";

/** What a registered metric says now. */
export async function snapshotOf(registry: Registry, name: string): Promise<MetricSnapshot> {
  return (await registry.getSingleMetric(name)?.get()) as unknown as MetricSnapshot;
}
