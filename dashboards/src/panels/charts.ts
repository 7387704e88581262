import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { FieldColorBuilder, FieldColorModeId, type FieldConfigSource } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { dress, type Limits, type PanelSpec, thresholds } from "./panel.ts";
import { colorOverrides } from "./series-colors.ts";
import { decimalsOf, leastAxis, ratioUnit, timesUnit } from "./units.ts";

export const chartHeight = 8;

export interface TimeSeriesSpec extends PanelSpec {
  /** The series are parts of one whole and lie upon each other. */
  readonly stacked?: boolean;
  /** Drawn as dashed lines; the series keep their own colours. */
  readonly limits?: Limits;
  /** Where the axis ends at least. @default what suits the unit */
  readonly leastAxis?: number;
  /** Written along the axis: what the lines are, where their names do not say it. */
  readonly axis?: string;
  /** Rows of the grid. */
  readonly height?: number;
}

/** A table of names and values takes a wide panel, and stands beside the lines: below them, it shows three names. */
const tableFrom = 12;
const tablePixels = 280;

function legend({ width, stacked = false }: TimeSeriesSpec): VizLegendOptionsBuilder {
  const builder = new VizLegendOptionsBuilder().showLegend(true);
  if (width < tableFrom || stacked)
    return builder.placement(LegendPlacement.Bottom).displayMode(LegendDisplayMode.List).calcs([]);
  const beside = builder.placement(LegendPlacement.Right).width(tablePixels);
  return beside.displayMode(LegendDisplayMode.Table).calcs(["lastNotNull"]).sortBy("Last *").sortDesc(true);
}

const tooltip = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);

const hasNames = (queries: TimeSeriesSpec["queries"]) => queries.some(({ legend }) => legend.includes("{{"));

/** A single line has some colour below it; several would hide each other's. */
function fill({ stacked = false, queries }: TimeSeriesSpec): number {
  if (stacked) return 40;
  return queries.length === 1 && !hasNames(queries) ? 8 : 0;
}

/** A line that is 0 all the time has no name: of twenty kinds of errors, those that there were can be read. */
const zerosUnnamed: FieldConfigSource["overrides"][number] = {
  matcher: { id: "byValue", options: { reducer: "allIsZero", op: "gte", value: 0 } },
  properties: [{ id: "custom.hideFrom", value: { legend: true, tooltip: true, viz: false } }],
};

/** Nothing happened in an idle line. A share that is 0, such as a model's goodput, says the most of all. */
const mayBeIdle = ({ unit, queries }: TimeSeriesSpec) => unit !== ratioUnit && unit !== timesUnit && hasNames(queries);

/**
 * By name, a model has one colour on every panel, whichever others are beside it there. Names that are fixed are few, and told apart best by their
 * places.
 */
const palette = ({ queries }: TimeSeriesSpec) =>
  hasNames(queries) ? FieldColorModeId.PaletteClassicByName : FieldColorModeId.PaletteClassic;

/** Series that begin with their first event take long to ask for: an hour in as many steps as it has minutes says the same. */
const stepsOfGrowth = 60;
const asksForBirths = ({ queries }: TimeSeriesSpec) => queries.some(({ vector }) => vector.promql.includes(" offset "));

/** Lines over time. A gap is a gap: missing values are not bridged. */
export function timeSeries(spec: TimeSeriesSpec): TimeSeriesBuilder {
  const decimals = spec.decimals ?? decimalsOf(spec.unit);
  const whole = { ...spec, ...(decimals !== undefined && { decimals }) };
  const panel = dress(new TimeSeriesBuilder(), whole, spec.height ?? chartHeight)
    .colorScheme(new FieldColorBuilder().mode(palette(spec)))
    .lineWidth(1)
    .fillOpacity(fill(spec))
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .legend(legend(spec))
    .tooltip(tooltip());
  if (mayBeIdle(spec)) panel.overrides([...colorOverrides(spec.queries), zerosUnnamed]);
  if (asksForBirths(spec)) panel.maxDataPoints(stepsOfGrowth);
  if (spec.axis !== undefined) panel.axisLabel(spec.axis);
  const end = spec.leastAxis ?? leastAxis[spec.unit];
  if (end !== undefined) panel.axisSoftMax(end);
  if (spec.limits !== undefined) {
    const style = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
    panel.thresholds(thresholds(spec.limits)).thresholdsStyle(style);
  }
  if (spec.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  return panel;
}
