import { catalogue } from "@aiwatch/core";
import { promqlBuilders } from "../../promql/builders.ts";
import { maxBy, sumBy } from "../../promql/vector.ts";
import { type Alert, series } from "../rule.ts";

const { increase } = promqlBuilders({ window: "5m" });
const faults = sumBy(increase(catalogue.telemetryErrors, "15m"), "job", "instance", "source");
const spans = sumBy(increase(catalogue.spansDropped, "10m"), "job", "instance");
const values = sumBy(increase(catalogue.seriesDropped, "1h"), "job", "metric");
const silent = maxBy(series(catalogue.clusterWorkers, { state: "silent" }), "job", "instance");

/** What is wrong with the figures themselves. */
export const telemetryAlerts: readonly Alert[] = [
  {
    name: "AIWatchTelemetryFaults",
    severity: "warning",
    expr: `${faults.promql} > 0`,
    keepFiringFor: "15m",
    summary: "{{ $labels.instance }} of {{ $labels.job }}: AIWatch caught a fault of its own ({{ $labels.source }})",
    description:
      "The app is unharmed, and figures may be incomplete. The process warned of the first fault of each kind.",
  },
  {
    name: "AIWatchSpansDropped",
    severity: "warning",
    expr: `${spans.promql} > 0`,
    for: "10m",
    summary: "{{ $labels.instance }} of {{ $labels.job }} loses spans",
    description: "The collector is away, slow or refuses them, or the queue is too small: traces have holes.",
  },
  {
    name: "AIWatchSeriesCapped",
    severity: "warning",
    expr: `${values.promql} > 0`,
    keepFiringFor: "1h",
    summary: "{{ $labels.job }}: {{ $labels.metric }} has more values of a label than it keeps",
    description: "New values are counted as `other`. Usually a name with an id in it, of a route, a model or a tool.",
  },
  {
    name: "AIWatchClusterWorkersSilent",
    severity: "warning",
    expr: `${silent.promql} > 0`,
    for: "2m",
    summary: "{{ $labels.instance }} of {{ $labels.job }}: {{ $value }} workers do not answer the scrape",
    description: "Their gauges are missing and their counters stand still. Most often their event loops are blocked.",
  },
  {
    name: "WatchdogOfAIWatch",
    severity: "none",
    expr: "vector(1)",
    summary: "AIWatch's rules are evaluated, and their alerts arrive",
    description: "It fires always. What receives it has to tell somebody when it no longer comes.",
  },
];
