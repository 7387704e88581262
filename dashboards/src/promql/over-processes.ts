import type { CounterRow, GaugeRow } from "@aiwatch/core";
import { chosen, now } from "./panel-queries.ts";
import { select } from "./select.ts";
import { averageBy, maxBy, ratio, sumBy, type Vector } from "./vector.ts";

/** A value of each process. */
export type OfProcesses = Vector<"job" | "instance">;

const each = ["job", "instance"] as const;

/** The whole visible time, whichever step of it is asked about. */
const allVisible = "[$__range] @ end()";

/** A gauge's value in each process. */
export const inEach = (row: GaugeRow): OfProcesses => now(row, ...each);

/** The mean or the largest value that a gauge had in each process over the whole visible time: one number, the same at every step. */
export function overall(row: GaugeRow, over: "avg_over_time" | "max_over_time"): OfProcesses {
  const { promql, labels } = select(row, { scope: chosen });
  const joined = row.aggregation === "sum" ? sumBy : maxBy;
  return joined({ promql: `${over}(${promql}${allVisible})`, labels }, ...each);
}

/** A counter's growth per second in each process over the whole visible time. */
export function overallRate(row: CounterRow): OfProcesses {
  const { promql, labels } = select(row, { scope: chosen });
  return sumBy({ promql: `rate(${promql}${allVisible})`, labels }, ...each);
}

/**
 * The lines of the few processes whose rank is the largest over the visible time. A plain `topk` chooses anew at each step, and over an hour
 * draws every process that was among them once.
 */
export function ofTop(count: number, lines: OfProcesses, rank: OfProcesses): OfProcesses {
  return { promql: `${lines.promql} and on (job, instance) topk(${count}, ${rank.promql})`, labels: lines.labels };
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
