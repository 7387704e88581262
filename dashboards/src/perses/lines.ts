import type { GrafanaTarget } from "../grafana-json.ts";
import { hexColor } from "./colors.ts";
import { format, formatOf, thresholds } from "./format.ts";
import type { SourcePanel } from "./source.ts";

type Override = SourcePanel["fieldConfig"]["overrides"][number];

/** A regular expression as Grafana writes it: `/^p95 .*$/`. */
const patternOf = ({ matcher: { options } }: Override) => new RegExp(String(options).replace(/^\/(.*)\/$/s, "$1"));

const propertyOf = <Value>({ properties }: Override, property: string) =>
  properties.find(({ id }) => id === property)?.value as Value | undefined;

/**
 * Perses colours a query as a whole, and `fixed-single` only while it has one series: several would have one colour. So what Grafana gives to a
 * query's every series is kept, and what only one value of a label has is not.
 */
function settingsOf(
  { legendFormat = "", refId }: GrafanaTarget,
  queryIndex: number,
  overrides: readonly Override[],
): object[] {
  const name = legendFormat.replaceAll(/\{\{\w+\}\}/g, "_");
  const ofNames = overrides.findLast((each) => each.matcher.id === "byRegexp" && patternOf(each).test(name));
  const ofQuery = overrides.find(({ matcher }) => matcher.id === "byFrameRefID" && matcher.options === refId);
  const found = [ofNames, ofQuery].filter((each) => each !== undefined);
  const color = found.map((each) => propertyOf<{ fixedColor?: string }>(each, "color")?.fixedColor).find(Boolean);
  const hex = color === undefined ? undefined : hexColor(color);
  const isDashed = found.some((each) => propertyOf<{ fill?: string }>(each, "custom.lineStyle")?.fill === "dash");
  const settings = {
    ...(hex !== undefined && { colorMode: "fixed-single", colorValue: hex }),
    ...(isDashed && { lineStyle: "dashed" }),
  };
  return Object.keys(settings).length === 0 ? [] : [{ queryIndex, ...settings }];
}

function legendOf({ options }: SourcePanel): object {
  if (options?.legend?.displayMode !== "table") return { position: "bottom", mode: "list" };
  return { position: "right", mode: "table", values: ["last-number", "max"] };
}

/** Lines over time. */
export function timeSeriesChart(panel: SourcePanel): object {
  const { fieldConfig, targets } = panel;
  const { min, max, custom = {}, thresholds: limits } = fieldConfig.defaults;
  const querySettings = targets.flatMap((target, index) => settingsOf(target, index, fieldConfig.overrides));
  const drawsLimits = limits !== undefined && custom.thresholdsStyle !== undefined;
  return {
    legend: legendOf(panel),
    yAxis: {
      ...(custom.axisLabel !== undefined && { label: custom.axisLabel }),
      format: formatOf(fieldConfig.defaults),
      ...(min !== undefined && { min }),
      // Perses' axes end at what they are given, where Grafana's with a soft end may stop before
      ...(max !== undefined && custom.axisSoftMax === undefined && { max }),
    },
    visual: {
      lineWidth: custom.lineWidth ?? 1,
      areaOpacity: (custom.fillOpacity ?? 0) / 100,
      connectNulls: false,
      ...(custom.stacking?.mode === "normal" && { stack: "all" }),
    },
    ...(drawsLimits && { thresholds: thresholds(limits) }),
    ...(querySettings.length > 0 && { querySettings }),
  };
}

/** Perses' heatmap draws native histograms alone. Buckets are lines, each of what was at most so much. */
export const bucketLines = (): object => ({
  legend: { position: "right", mode: "list" },
  yAxis: { format: format(), min: 0 },
  visual: { lineWidth: 1, areaOpacity: 0, connectNulls: false },
});
