import { PanelBuilder as BarGaugeBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { MappingType, SpecialValueMatch, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { judged, type Vector } from "../promql/vector.ts";
import { chartHeight } from "./charts.ts";
import { color, dress, type Limits, type PanelSpec } from "./panel.ts";
import { countUnit, decimalsOf, mostOf } from "./units.ts";

export const tileHeight = 4;
/** Below this, Grafana leaves out the course of a number that stands above it. */
export const trendHeight = 5;
/** A course as wide as a tile needs no more, and each point of it may look back over the whole visible time. */
const fewPoints = 60;
/** Of a gauge, which costs little to ask: the newest point, which is the number, is a minute old where a day is shown. */
const manyPoints = 1440;

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
   * Draw the course of the value below it. Only for a query that has a value up to now whenever it has one: the number is its last value. The
   * tile is at least `trendHeight` high. `gauge` has a point every few seconds, `window` few of them: each looks back over the whole visible time.
   */
  readonly trend?: "gauge" | "window";
  /** Write each series' name beside its value. @default only where there are several */
  readonly names?: boolean;
  readonly height?: number;
}

/** One big number: the value of now. */
export function tile(spec: TileSpec): StatBuilder {
  const { trend, limits, names, height = trend === undefined ? tileHeight : trendHeight } = spec;
  const decimals = spec.decimals ?? decimalsOf(spec.unit);
  const whole = { ...spec, ...(decimals !== undefined && { decimals }) };
  const panel = dress(new StatBuilder(), trend === undefined ? asked(whole) : whole, height)
    .reduceOptions(newest)
    .mappings([unknownAs(spec.noValue)])
    .graphMode(trend === undefined ? BigValueGraphMode.None : BigValueGraphMode.Area)
    .colorMode(limits === undefined ? BigValueColorMode.None : BigValueColorMode.Value);
  arrange(panel, spec);
  if (names !== undefined) panel.textMode(names ? BigValueTextMode.ValueAndName : BigValueTextMode.Value);
  return color(panel, trend === undefined ? "text" : "blue", limits);
}

/** Pixels. A size that follows the room makes a 0 shout beside a 0.42 req/s. */
const numberSize = 28;

/** Where a tile is two columns wide: the unit would go to a line of its own. */
const narrowNumberSize = 22;
const nameSize = 12;

/** Where the number stands, and how large it is. */
function arrange(panel: StatBuilder, { trend, names, queries, unit, width }: TileSpec): void {
  const sizes = new VizTextDisplayOptionsBuilder().titleSize(nameSize);
  const isList = names !== false && queries.some(({ legend }) => legend.includes("{{"));
  // below each other, each number beside its name: beside each other, the names shrink to the room they have
  if (isList) panel.orientation(VizOrientation.Horizontal).text(sizes.valueSize(20));
  else panel.text(sizes.valueSize(width < 3 ? narrowNumberSize : numberSize));
  if (trend === undefined) return;
  // the name above the number keeps it above its course, which would else lie over it
  panel.wideLayout(false).textMode(BigValueTextMode.ValueAndName);
  const most = mostOf(unit);
  if (most !== undefined) panel.max(most);
  panel.maxDataPoints(trend === "gauge" ? manyPoints : fewPoints);
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

/** Pixels. A few bars would else fill the panel, with letters as large. */
const barHeight = { besideName: 28, belowName: 48 } as const;

/** What is counted is counted whole, and is read more easily in groups of three digits. */
const ofCounts = { unit: countUnit, decimals: 0 } as const;

interface BarsSpec extends PanelSpec {
  readonly height?: number;
  /** Above its bar a long name has the panel's whole width; beside it, less than half of it. @default false */
  readonly namesAbove?: boolean;
}

/** A horizontal bar for each series. */
export function bars({ namesAbove = false, ...spec }: BarsSpec): BarGaugeBuilder {
  const whole = spec.unit === "none" ? { ...spec, ...ofCounts } : spec;
  const panel = dress(new BarGaugeBuilder(), asked(whole), spec.height ?? chartHeight)
    .reduceOptions(newest)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .maxVizHeight(namesAbove ? barHeight.belowName : barHeight.besideName)
    .text(new VizTextDisplayOptionsBuilder().titleSize(nameSize).valueSize(14));
  if (namesAbove) panel.namePlacement(BarGaugeNamePlacement.Top);
  return color(panel, "blue");
}
