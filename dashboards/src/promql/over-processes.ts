import type { CounterRow, GaugeRow } from "@aiwatch/core";
import { chosen, now } from "./panel-queries.ts";
import { select } from "./select.ts";
import { averageBy, maxBy, ratio, sumBy, type Vector } from "./vector.ts";

/** A value of each process. */
export type OfProcesses = Vector<"job" | "instance">;

const each = ["job", "instance"] as const;

/** A gauge's value in each process. */
export const inEach = (row: GaugeRow): OfProcesses => now(row, ...each);

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
