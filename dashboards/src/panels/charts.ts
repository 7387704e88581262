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
import { decimalsOf, leastAxis, mostOf, ratioUnit, timesUnit } from "./units.ts";

export const chartHeight = 8;

export interface TimeSeriesSpec extends PanelSpec {
  /** The series are parts of one whole and lie upon each other. */
  readonly stacked?: boolean;
  /** Drawn as dashed lines; the series keep their own colours. */
  readonly limits?: Limits;
  /** Where the axis ends at least. Given for a share that is small as a rule, it ends where it has to. @default what suits the unit, all of a share */
  readonly leastAxis?: number;
  /** Names of several labels, which are on no other panel, are told apart best by their places. @default by what the names are */
  readonly colors?: "by place";
  /** Written along the axis: what the lines are, where their names do not say it. */
  readonly axis?: string;
  /** Rows of the grid. */
  readonly height?: number;
}

/** A table of names and values takes a wide panel, and stands beside the lines: below them, it shows three names. */
const tableFrom = 12;
/** A name of two labels, such as an objective and a model, is cut in what is enough for one. */
const tablePixels = { oneLabel: 280, twoLabels: 350 } as const;
const twoLabels = /\{\{.+\{\{/;

function legend({ width, stacked = false, queries }: TimeSeriesSpec): VizLegendOptionsBuilder {
  const builder = new VizLegendOptionsBuilder().showLegend(true);
  if (width < tableFrom || stacked)
    return builder.placement(LegendPlacement.Bottom).displayMode(LegendDisplayMode.List).calcs([]);
  const pixels = queries.some(({ legend }) => twoLabels.test(legend)) ? tablePixels.twoLabels : tablePixels.oneLabel;
  const beside = builder.placement(LegendPlacement.Right).width(pixels);
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

/** Of ten lines two have the same colour by name in two panels of three, since there are 46. The next panel chooses others anyway. */
const areChosenOfMany = (queries: TimeSeriesSpec["queries"]) =>
  queries.some(({ vector }) => vector.promql.includes("topk("));

/**
 * By name, a model has one colour on every panel, whichever others are beside it there. Names that are fixed are few, and told apart best by their
 * places; so are the few that a query chooses of many.
 */
const palette = ({ queries, colors }: TimeSeriesSpec) =>
  hasNames(queries) && !areChosenOfMany(queries) && colors !== "by place"
    ? FieldColorModeId.PaletteClassicByName
    : FieldColorModeId.PaletteClassic;

/** Series that begin with their first event take long to ask for: an hour in as many steps as it has minutes says the same. */
const stepsOfGrowth = 60;
const asksForBirths = ({ queries }: TimeSeriesSpec) => queries.some(({ vector }) => vector.promql.includes(" offset "));

/** Lines over time. A gap is a gap: missing values are not bridged. */
export function timeSeries(spec: TimeSeriesSpec): TimeSeriesBuilder {
  const decimals = spec.decimals ?? decimalsOf(spec.unit);
  const most = mostOf(spec.unit);
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
  if (most !== undefined) panel.max(most);
  if (spec.limits !== undefined) {
    const style = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
    panel.thresholds(thresholds(spec.limits)).thresholdsStyle(style);
  }
  if (spec.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  return panel;
}
