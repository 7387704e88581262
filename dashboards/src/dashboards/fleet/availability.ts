import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { describeRecorded } from "../../panels/recorded.ts";
import { unitOf } from "../../panels/units.ts";
import { outside } from "../../promql/outside-series.ts";
import { reached, restarts } from "../../promql/over-processes.ts";
import { now } from "../../promql/panel-queries.ts";
import { countBy, difference, sumBy } from "../../promql/vector.ts";
import { recorded } from "../../rules/recorded.ts";
import type { Row } from "../dashboard.ts";
import { spreadOfLoad } from "./spread.ts";

const { buildInfo, httpRequests, activeRequests } = catalogue;

const reachedOverTime = timeSeries({
  title: "Processes up and unreachable",
  description: describeRecorded(
    "How many of the chosen processes Prometheus reaches, and how many it does not. Anything but 0 unreachable is capacity that is gone. Only jobs that served AIWatch's metrics within the hour.",
    [recorded.lastShown],
    outside.up,
    activeRequests,
  ),
  unit: unitOf(outside.up),
  stacked: true,
  queries: [
    // below, so that the edge of the whole is not red where there are none
    { vector: difference(countBy(reached()), sumBy(reached())), legend: "unreachable" },
    { vector: sumBy(reached()), legend: "up" },
  ],
  noValue: "No data",
  width: 12,
});

const byVersion = timeSeries({
  title: "Processes by release",
  description: describe(
    "How many processes run which release of AIWatch and Node.js. A rollout is one area that takes the other's place; two that stay are a rollout that stopped.",
    buildInfo,
  ),
  unit: unitOf(buildInfo),
  stacked: true,
  queries: [
    {
      vector: countBy(now(buildInfo, "job", "instance", "version", "node"), "version", "node"),
      legend: "AIWatch {{version}}, Node.js {{node}}",
    },
  ],
  colors: "by place",
  noValue: "No data",
  width: 8,
});

const byEngine = timeSeries({
  title: "Processes by engine",
  description: describe(
    "How many processes run which release of an engine; those that named none have no name here. More than one line outside of a rollout explains latencies that differ.",
    buildInfo,
  ),
  unit: unitOf(buildInfo),
  stacked: true,
  queries: [{ vector: countBy(now(buildInfo, "job", "instance", "engine"), "engine"), legend: "engine {{engine}}" }],
  noValue: "No data",
  width: 8,
});

const restarted = timeSeries({
  title: "Restarts over time",
  description: describe(
    "How many of the chosen processes began anew, by job: their counters fell. 0 is good, but for a rollout; the table says which they were. One that comes back again and again crashes, often out of memory while it loads its model.",
    httpRequests,
  ),
  unit: "none",
  queries: [{ vector: sumBy(restarts(httpRequests, "$__rate_interval"), "job"), legend: "{{job}}" }],
  noValue: "No data",
  width: 8,
});

/** Who is there, and for how long. */
export const availability: Row = {
  title: "Availability and releases",
  panels: [reachedOverTime, spreadOfLoad, byVersion, byEngine, restarted],
};
