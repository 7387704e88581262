import { ScaleDistribution, ScaleDistributionConfigBuilder } from "@grafana/grafana-foundation-sdk/common";
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import type { Vector } from "../promql/vector.ts";
import { chartHeight } from "./charts.ts";
import { dress, type PanelSpec } from "./panel.ts";

interface HeatmapSpec extends Omit<PanelSpec, "queries" | "unit"> {
  readonly buckets: Vector<"le">;
  /** Written at the axis of the buckets. */
  readonly axis: string;
  /** Grafana's id of the bounds' unit. */
  readonly boundsUnit: string;
  /** Show the exemplars, which lead to traces. */
  readonly exemplar?: boolean;
}

/**
 * A histogram's buckets over time: the more a colour stands out, the more observations, since Grafana turns the scheme on its dark theme. It shows
 * what a percentile hides, such as two kinds of answers.
 */
export function heatmap({ buckets, axis, boundsUnit, exemplar = false, ...spec }: HeatmapSpec): HeatmapBuilder {
  const queries = [{ vector: buckets, legend: "{{le}}", format: "buckets", exemplar }] as const;
  return dress(new HeatmapBuilder(), { ...spec, unit: "none", queries }, chartHeight)
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Blues").steps(64))
    .yAxis(new YAxisConfigBuilder().axisLabel(axis).unit(boundsUnit))
    .scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Linear))
    .showLegend();
}
