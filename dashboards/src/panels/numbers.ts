import { PanelBuilder as BarGaugeBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from "@grafana/grafana-foundation-sdk/common";
import { MappingType, SpecialValueMatch, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as GaugeBuilder } from "@grafana/grafana-foundation-sdk/gauge";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import type { Vector } from "../promql/vector.ts";
import { chartHeight } from "./charts.ts";
import { color, dress, type Limits, type PanelSpec } from "./panel.ts";

const tileHeight = 4;

/** Grafana's name for the reducer that takes the newest value there is. */
export const newest = new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);

/** A value that is unknown is written as such, never as 0. */
export const unknownAs = (text: string): ValueMapping => ({
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text, index: 0 } },
});

/** One big number: the value of now. */
export function tile(spec: PanelSpec & { readonly limits?: Limits; readonly height?: number }): StatBuilder {
  const panel = dress(new StatBuilder(), asked(spec), spec.height ?? tileHeight)
    .reduceOptions(newest)
    .mappings([unknownAs(spec.noValue)])
    .graphMode(BigValueGraphMode.None)
    .colorMode(spec.limits === undefined ? BigValueColorMode.None : BigValueColorMode.Value);
  return color(panel, "text", spec.limits);
}

/** The same panel, asking for now alone. */
export function asked<Spec extends PanelSpec>(spec: Spec): Spec {
  return { ...spec, queries: spec.queries.map((query) => ({ ...query, instant: true })) };
}

/** A gauge: the value of now on a scale from 0 to `full`. */
export function dial(spec: PanelSpec & { readonly full: number; readonly height: number }): GaugeBuilder {
  const panel = dress(new GaugeBuilder(), asked(spec), spec.height)
    .reduceOptions(newest)
    .max(spec.full)
    .showThresholdMarkers(false)
    .mappings([unknownAs(spec.noValue)]);
  return color(panel, "blue");
}

/** A horizontal bar for each series: how many there were in the visible range. */
export function bars(spec: PanelSpec): BarGaugeBuilder {
  const panel = dress(new BarGaugeBuilder(), asked({ ...spec, decimals: 0 }), chartHeight)
    .reduceOptions(newest)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic);
  return color(panel, "blue");
}

interface LabelTableSpec extends Omit<PanelSpec, "queries"> {
  /** An info metric: its labels are what it says, its value is always 1. */
  readonly info: Vector;
  /** The columns' titles by label, in reading order. */
  readonly columns: Readonly<Record<string, string>>;
  /** Rows of the grid. */
  readonly height: number;
}

/** What the labels of series say, a line for each series. */
export function labelTable({ info, columns, height, ...spec }: LabelTableSpec): TableBuilder {
  const labels = Object.keys(columns);
  const unknown = labels.filter((label) => !info.labels.includes(label));
  if (unknown.length > 0) throw new Error(`${spec.title}: ${info.promql} has no label ${unknown.join(", ")}`);
  const queries = [{ vector: info, legend: "", format: "table" }] as const;
  return dress(new TableBuilder(), asked({ ...spec, queries }), height).withTransformation({
    id: "organize",
    options: {
      // beside its labels, each line has when it was asked and the value 1
      excludeByName: { Time: true, Value: true },
      indexByName: Object.fromEntries(labels.map((label, index) => [label, index])),
      renameByName: columns,
    },
  });
}
