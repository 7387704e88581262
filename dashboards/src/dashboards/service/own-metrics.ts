import { QueryVariableBuilder, VariableRefresh, VariableSort } from "@grafana/grafana-foundation-sdk/dashboard";
import { timeSeries } from "../../panels/charts.ts";
import { datasource } from "../../panels/queries.ts";
import { ownMetrics, ownNames } from "../../promql/own-metrics.ts";
import type { Row } from "../dashboard.ts";

const width = 8;
const none = "The app has none, or none is chosen above";

/** Grafana names each line after its labels. */
const itsLabels = "__auto";

const counter = timeSeries({
  title: "A counter of the app's own",
  description:
    "What the counter that is chosen above grows by per second, by its own labels, all chosen processes together; the ten largest lines. Here are metrics that your app made by `aiwatch.metrics` or prom-client.",
  unit: "suffix:/s",
  queries: [{ vector: ownMetrics.counter(10), legend: itsLabels }],
  noValue: none,
  width,
});

const gauge = timeSeries({
  title: "A gauge of the app's own",
  description:
    "The gauge that is chosen above, by its own labels, the chosen processes added up; the ten largest lines. Choose one process where a sum makes no sense.",
  unit: "none",
  queries: [{ vector: ownMetrics.gauge(10), legend: itsLabels }],
  noValue: none,
  width,
});

const histogram = timeSeries({
  title: "A histogram of the app's own",
  description:
    "The median and the 95th percentile of the histogram that is chosen above, all chosen processes together; a gap where nothing was observed.",
  unit: "none",
  queries: [0.5, 0.95].map((q) => ({ vector: ownMetrics.quantile(q), legend: `p${q * 100}` })),
  noValue: none,
  width,
});

/** What AIWatch does not know: the app's own metrics, one at a time. */
export const ownMetricsRow: Row = {
  title: "The app's own metrics",
  collapsed: true,
  panels: [counter, gauge, histogram],
};

const choice = (name: keyof typeof ownNames, label: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .description("A metric of the app's own, for the last row.")
    .datasource(datasource)
    .query(ownNames[name])
    .definition(ownNames[name])
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(false)
    .includeAll(false);

/** One metric of each kind at a time: their labels are not ours, so that they cannot be drawn together. */
export const ownMetricVariables = () => [
  choice("app_counter", "Own counter"),
  choice("app_gauge", "Own gauge"),
  choice("app_histogram", "Own histogram"),
];
