import { type CatalogueRow, type CounterRow, catalogue, type GaugeRow } from "@aiwatch/core";
import { outside } from "./outside-series.ts";
import { chosen, now } from "./panel-queries.ts";
import { select, type TargetLabel } from "./select.ts";
import { averageBy, groupBy, maxBy, ratio, sumBy, type Vector } from "./vector.ts";

/** A value of each process. */
export type OfProcesses = Vector<"job" | "instance">;

const each = ["job", "instance"] as const;

/**
 * Whether Prometheus reaches each process, 1 or 0, of jobs that served AIWatch's metrics within the hour: where every job is chosen, other
 * programs' targets are chosen too.
 */
export function reached(): OfProcesses {
  const up = select(outside.up, { scope: chosen });
  const { job } = chosen;
  const seen = select(catalogue.activeRequests, { scope: job === undefined ? {} : { job }, range: "1h" });
  const jobs = groupBy({ promql: `present_over_time(${seen.promql})`, labels: seen.labels }, "job");
  return { promql: `${sumBy(up, ...each).promql} and on (job) ${jobs.promql}`, labels: each };
}

/**
 * What is of processes with AIWatch, of metrics that other programs have as well: where every job is chosen, theirs are chosen too.
 */
export function ours<Label extends string>({
  promql,
  labels,
}: Vector<Label | TargetLabel>): Vector<Label | TargetLabel> {
  const here = select(catalogue.activeRequests, { scope: chosen });
  return { promql: `${promql} and on (job, instance) ${here.promql}`, labels };
}

const ofCatalogue: ReadonlySet<string> = new Set(Object.values(catalogue).map(({ name }) => name));

/** Whether other programs have the metric, too. */
export const isShared = ({ name }: CatalogueRow): boolean => !ofCatalogue.has(name);

/** A gauge's value in each process with AIWatch. */
export function inEach(row: GaugeRow): OfProcesses {
  return isShared(row) ? ours({ ...select(row, { scope: chosen }), labels: each }) : now(row, ...each);
}

/** The mean of a gauge in each process over each step's window: what is read between two scrapes is seldom idle or busy throughout. */
export function meanInEach(row: GaugeRow): OfProcesses {
  const { promql, labels } = select(row, { scope: chosen, range: "$__rate_interval" });
  return sumBy({ promql: `avg_over_time(${promql})`, labels }, ...each);
}

/**
 * How many series have at most each bound, as a histogram's buckets: a heatmap of a thousand processes from a dozen series. Bounds that none
 * reaches are 0, not absent: Grafana subtracts the buckets step by step.
 */
export function distribution(vector: Vector, bounds: readonly number[]): Vector<"le"> {
  const atMost = (bound: string) => `label_replace(sum((${vector.promql}) <= bool ${bound}), "le", "${bound}", "", "")`;
  const buckets = [...bounds.map(String).map(atMost), atMost("+Inf")];
  return { promql: buckets.join(" or "), labels: ["le"] };
}

/** How many times as much as the mean process the busiest has: 1 where all have the same, their number where one has all. */
export const unevenness = (vector: OfProcesses): Vector<never> => ratio(maxBy(vector), averageBy(vector));

/** How often each process began anew in a range: its counters fell. */
export function restarts(row: CounterRow, range: string): OfProcesses {
  const { promql, labels } = select(row, { scope: chosen, range });
  return maxBy({ promql: `resets(${promql})`, labels }, ...each);
}
