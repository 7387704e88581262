import { ScaleDistribution, ScaleDistributionConfigBuilder } from "@grafana/grafana-foundation-sdk/common";
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import type { Vector } from "../promql/vector.ts";
import { dress, type PanelSpec } from "./spec.ts";
import { chartHeight } from "./time-series.ts";

interface HeatmapSpec extends Omit<PanelSpec, "queries"> {
  readonly buckets: Vector<"le">;
  /** Written at the axis of the buckets. */
  readonly axis: string;
}

/** A histogram's buckets over time: the darker, the more observations. */
export function heatmap({ buckets, axis, ...spec }: HeatmapSpec): PanelBuilder {
  const queries = [{ vector: buckets, legend: "{{le}}", format: "buckets" }] as const;
  return dress(new PanelBuilder(), { ...spec, queries }, chartHeight)
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Blues").steps(64))
    .yAxis(new YAxisConfigBuilder().axisLabel(axis))
    .scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Linear))
    .showLegend();
}
