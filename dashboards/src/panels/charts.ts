import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { FieldColorBuilder, FieldColorModeId } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Vector } from "../promql/vector.ts";
import { dress, type Limits, type PanelSpec, thresholds } from "./panel.ts";

export const chartHeight = 8;

interface TimeSeriesSpec extends PanelSpec {
  /** Written at the axis where the unit says too little. */
  readonly axis?: string;
  /** The series are parts of one whole and lie upon each other. */
  readonly stacked?: boolean;
  /** Drawn as dashed lines; the series keep their own colours. */
  readonly limits?: Limits;
  /** Rows of the grid. */
  readonly height?: number;
}

const legend = () =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(["lastNotNull", "max"])
    .sortBy("Max")
    .sortDesc(true);

const tooltip = () =>
  new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending).hideZeros(true);

/** Lines over time. A gap is a gap: missing values are not bridged. */
export function timeSeries(spec: TimeSeriesSpec): TimeSeriesBuilder {
  const panel = dress(new TimeSeriesBuilder(), spec, spec.height ?? chartHeight)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .lineWidth(1)
    .fillOpacity(spec.stacked === true ? 30 : 8)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .legend(legend())
    .tooltip(tooltip());
  if (spec.axis !== undefined) panel.axisLabel(spec.axis);
  if (spec.limits !== undefined) {
    const dashed = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
    panel.thresholds(thresholds(spec.limits)).thresholdsStyle(dashed);
  }
  if (spec.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  return panel;
}

interface HeatmapSpec extends Omit<PanelSpec, "queries"> {
  readonly buckets: Vector<"le">;
  /** Written at the axis of the buckets. */
  readonly axis: string;
}

/** A histogram's buckets over time: the darker, the more observations. */
export function heatmap({ buckets, axis, ...spec }: HeatmapSpec): HeatmapBuilder {
  const queries = [{ vector: buckets, legend: "{{le}}", format: "buckets" }] as const;
  return dress(new HeatmapBuilder(), { ...spec, queries }, chartHeight)
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Blues").steps(64))
    .yAxis(new YAxisConfigBuilder().axisLabel(axis))
    .scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Linear))
    .showLegend();
}
