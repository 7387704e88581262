import { PanelBuilder } from "@grafana/grafana-foundation-sdk/gauge";
import { color } from "./color.ts";
import { dress, type PanelSpec } from "./spec.ts";
import { asked, newest, unknownAs } from "./tile.ts";

/** A gauge: the value of now on a scale from 0 to `full`. */
export function dial(spec: PanelSpec & { readonly full: number; readonly height: number }): PanelBuilder {
  const panel = dress(new PanelBuilder(), asked(spec), spec.height)
    .reduceOptions(newest)
    .max(spec.full)
    .showThresholdMarkers(false)
    .mappings([unknownAs(spec.noValue)]);
  return color(panel, "blue");
}
