import { type RecordedSeries, selectRecorded } from "../rules/recorded.ts";
import { chosen } from "./panel-queries.ts";
import { ofProcess, once, type Surrounding } from "./select.ts";
import { wholeTime } from "./top.ts";
import { maxBy, sumBy, type Vector } from "./vector.ts";

/** The labels of buckets that the rules recorded, but for the bound, and what they may have kept. */
type BucketLabel<Label extends string> = Exclude<Label, "le"> | Surrounding;

/** A quantile of what the rules recorded over five minutes; a gap where nothing was observed. */
export function recordedQuantile<Label extends string, const By extends readonly BucketLabel<Label>[]>(
  q: number,
  buckets: RecordedSeries<Label>,
  ...by: By
): Vector<By[number]> {
  const { promql } = once(selectRecorded(buckets, chosen));
  return { promql: `histogram_quantile(${q}, sum by (${["le", ...by].join(", ")}) (${promql})) >= 0`, labels: by };
}

type ProcessBuckets = RecordedSeries<"job" | "instance" | "le">;
type OfProcesses = Vector<(typeof ofProcess)[number]>;

/** A quantile of each process, of the few in which it was largest over the visible time: no other's is reckoned. */
export function topQuantile(count: number, q: number, buckets: ProcessBuckets): OfProcesses {
  const series = selectRecorded(buckets, chosen);
  const mean = once({ ...series, promql: `avg_over_time(${series.promql}${wholeTime})` }).promql;
  const rank = `histogram_quantile(${q}, ${mean}) >= 0`;
  const few = `${once(series).promql} and on (${ofProcess.join(", ")}) topk(${count}, ${rank})`;
  return { promql: `histogram_quantile(${q}, ${few}) >= 0`, labels: ofProcess };
}

/**
 * How many processes have a quantile of at most each bound, as a histogram's buckets: those in which so many of the observations are in the
 * bound's bucket. To reckon the quantiles themselves for every bound takes a hundred times as long.
 */
export function quantileDistribution(q: number, buckets: ProcessBuckets): Vector<"le"> {
  const { promql } = once(selectRecorded(buckets, chosen));
  const all = once(selectRecorded(buckets, chosen, { le: "+Inf" })).promql;
  const isWithin = `${promql} >= bool ignoring (le) group_left () (${q} * (${all} > 0))`;
  return { promql: `sum by (le) (${isWithin})`, labels: ["le"] };
}

/** A recorded value, added up by some of its labels. */
export function recordedSum<Label extends string, const By extends readonly Label[]>(
  series: RecordedSeries<Label>,
  ...by: By
): Vector<By[number]> {
  return sumBy(once(selectRecorded(series, chosen)), ...by);
}

/** Its largest, by some of its labels. */
export function recordedMax<Label extends string, const By extends readonly Label[]>(
  series: RecordedSeries<Label>,
  ...by: By
): Vector<By[number]> {
  return maxBy(selectRecorded(series, chosen), ...by);
}
