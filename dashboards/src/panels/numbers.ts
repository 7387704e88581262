import { PanelBuilder as BarGaugeBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { MappingType, SpecialValueMatch, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as GaugeBuilder } from "@grafana/grafana-foundation-sdk/gauge";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { judged, type Vector } from "../promql/vector.ts";
import { chartHeight } from "./charts.ts";
import { color, dress, type Limits, type PanelSpec } from "./panel.ts";
import { decimalsOf } from "./units.ts";

const tileHeight = 4;
/** A course as wide as a tile needs no more, and each point of it may look back over the whole visible time. */
const trendPoints = 60;

/** Grafana's name for the reducer that takes the newest value there is. */
export const newest = new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);

/** A value that is unknown is written as such, never as 0, and has no limit's colour. */
export const unknownAs = (text: string): ValueMapping => ({
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text, color: "text", index: 0 } },
});

interface TileSpec extends PanelSpec {
  /** Where the number changes its colour. Without, it has none: a limit that fits nobody misleads everybody. */
  readonly limits?: Limits;
  /**
   * Draw the course of the value below it. Only for a query that has a value up to now whenever it has one: the number is its last value. A
   * tile of four columns or less has no room for it.
   */
  readonly trend?: boolean;
  /** Write each series' name beside its value. @default only where there are several */
  readonly names?: boolean;
  readonly height?: number;
}

/** One big number: the value of now. */
export function tile(spec: TileSpec): StatBuilder {
  const { trend = false, limits, names, height = tileHeight } = spec;
  const decimals = spec.decimals ?? decimalsOf(spec.unit);
  const whole = { ...spec, ...(decimals !== undefined && { decimals }) };
  const panel = dress(new StatBuilder(), trend ? whole : asked(whole), height)
    .reduceOptions(newest)
    .mappings([unknownAs(spec.noValue)])
    .graphMode(trend ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .colorMode(limits === undefined ? BigValueColorMode.None : BigValueColorMode.Value);
  if (trend) panel.maxDataPoints(trendPoints);
  if (names !== undefined) panel.textMode(names ? BigValueTextMode.ValueAndName : BigValueTextMode.Value);
  return color(panel, trend ? "blue" : "text", limits);
}

interface JudgedTileSpec extends Omit<TileSpec, "queries" | "limits" | "trend" | "names"> {
  readonly value: Vector<never>;
  /** A number, or a variable of the dashboard. */
  readonly limit: string;
}

/** One big number: green up to a limit that the reader chooses, red above. */
export function judgedTile({ value, limit, ...spec }: JudgedTileSpec): StatBuilder {
  const queries = [{ vector: judged(value, limit), legend: "{{judgement}}" }];
  return tile({ ...spec, queries, names: false }).colorMode(BigValueColorMode.Value);
}

/** The same panel, asking for now alone. */
export function asked<Spec extends PanelSpec>(spec: Spec): Spec {
  return { ...spec, queries: spec.queries.map((query) => ({ ...query, instant: true })) };
}

/** A gauge: the value of now on a scale from 0 to `full`. */
export function dial(spec: PanelSpec & { readonly full: number; readonly height?: number }): GaugeBuilder {
  const panel = dress(new GaugeBuilder(), asked(spec), spec.height ?? tileHeight)
    .reduceOptions(newest)
    .max(spec.full)
    .showThresholdMarkers(false)
    .mappings([unknownAs(spec.noValue)]);
  return color(panel, "blue");
}

/** Pixels. A few bars would else fill the panel, with letters as large. */
const barHeight = 28;

/** A horizontal bar for each series: how many there were in the visible range. */
export function bars(spec: PanelSpec & { readonly height?: number }): BarGaugeBuilder {
  const panel = dress(new BarGaugeBuilder(), asked({ ...spec, decimals: 0 }), spec.height ?? chartHeight)
    .reduceOptions(newest)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .maxVizHeight(barHeight)
    .text(new VizTextDisplayOptionsBuilder().titleSize(12).valueSize(14));
  return color(panel, "blue");
}
