import { PanelBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import { BarGaugeDisplayMode, VizOrientation } from "@grafana/grafana-foundation-sdk/common";
import { color } from "./color.ts";
import { dress, type PanelSpec } from "./spec.ts";
import { asked, newest } from "./tile.ts";
import { chartHeight } from "./time-series.ts";

/** A horizontal bar for each series: how many there were in the visible range. */
export function bars(spec: PanelSpec): PanelBuilder {
  const panel = dress(new PanelBuilder(), asked({ ...spec, decimals: 0 }), chartHeight)
    .reduceOptions(newest)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic);
  return color(panel, "blue");
}
