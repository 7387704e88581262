import type { GrafanaTarget } from "../grafana-json.ts";
import { bucketLines, timeSeriesChart } from "./lines.ts";
import { barChart, statChart } from "./numbers.ts";
import type { SourcePanel } from "./source.ts";
import { table } from "./table.ts";

interface Plugin {
  readonly kind: string;
  readonly spec: object;
}

const plugins: Readonly<Record<string, (panel: SourcePanel) => Plugin>> = {
  stat: (panel) => ({ kind: "StatChart", spec: statChart(panel) }),
  bargauge: (panel) => ({ kind: "BarChart", spec: barChart(panel) }),
  timeseries: (panel) => ({ kind: "TimeSeriesChart", spec: timeSeriesChart(panel) }),
  table: (panel) => ({ kind: "Table", spec: table(panel) }),
  heatmap: () => ({ kind: "TimeSeriesChart", spec: bucketLines() }),
};

const notesOf: Readonly<Record<string, string>> = {
  heatmap:
    "Perses draws no heatmap of these buckets: each line is what was at most as much as its name says, so that a gap between two lines is a band.",
};

/** The least step is of use where the query itself does not follow it: in Perses, `$__rate_interval` is four times as long. */
function query({ expr, legendFormat = "" }: GrafanaTarget, interval?: string): object {
  const named = legendFormat !== "" && legendFormat !== "__auto";
  const spec = {
    query: expr,
    ...(named && { seriesNameFormat: legendFormat }),
    ...(interval !== undefined && !expr.includes("$__rate_interval") && { minStep: interval }),
  };
  return { kind: "TimeSeriesQuery", spec: { plugin: { kind: "PrometheusTimeSeriesQuery", spec } } };
}

/** Links to the traces of the visible time. Those to other dashboards go by Grafana's addresses. */
function linksOf({ fieldConfig: { defaults } }: SourcePanel): object[] {
  const traces = (defaults.links ?? []).filter(({ url }) => /^\$\{\w+:raw\}\//.test(url));
  return traces.map(({ title, url }) => ({
    name: title,
    url: url.replaceAll(":raw}", "}"),
    renderVariables: true,
    targetBlank: true,
  }));
}

/** A Grafana panel as Perses' kind that shows the same. Throws for a type that has none. */
export function persesPanel(panel: SourcePanel): object {
  const { type, title, description = "", targets, interval } = panel;
  const plugin = plugins[type]?.(panel);
  if (plugin === undefined)
    throw new Error(`${title}: no panel of Perses is known for "${type}": add it to perses/panel.ts`);
  const note = notesOf[type];
  const links = linksOf(panel);
  return {
    kind: "Panel",
    spec: {
      display: { name: title, description: note === undefined ? description : `${note}\n\n${description}` },
      plugin,
      queries: targets.map((target) => query(target, interval)),
      ...(links.length > 0 && { links }),
    },
  };
}
