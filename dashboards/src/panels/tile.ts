import { BigValueColorMode, BigValueGraphMode, ReduceDataOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import { MappingType, SpecialValueMatch, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { color, type Limits } from "./color.ts";
import { dress, type PanelSpec } from "./spec.ts";

const tileHeight = 4;

/** Grafana's name for the reducer that takes the newest value there is. */
export const newest = new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);

/** A value that is unknown is written as such, never as 0. */
export const unknownAs = (text: string): ValueMapping => ({
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text, index: 0 } },
});

/** One big number: the value of now. */
export function tile(spec: PanelSpec & { readonly limits?: Limits; readonly height?: number }): PanelBuilder {
  const panel = dress(new PanelBuilder(), asked(spec), spec.height ?? tileHeight)
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
