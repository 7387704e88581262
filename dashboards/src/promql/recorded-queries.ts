import { type RecordedSeries, selectRecorded } from "../rules/recorded.ts";
import { chosen } from "./panel-queries.ts";
import { maxBy, sumBy, type Vector } from "./vector.ts";

/** The labels of buckets that the rules recorded, but for the bound. */
type BucketLabel<Label extends string> = Exclude<Label, "le">;

/** A quantile of what the rules recorded over five minutes; a gap where nothing was observed. */
export function recordedQuantile<Label extends string, const By extends readonly BucketLabel<Label>[]>(
  q: number,
  buckets: RecordedSeries<Label>,
  ...by: By
): Vector<By[number]> {
  const { promql } = selectRecorded(buckets, chosen);
  return { promql: `histogram_quantile(${q}, sum by (${["le", ...by].join(", ")}) (${promql})) >= 0`, labels: by };
}

/** The same over the whole visible time: one number, whichever step is asked about. */
export function overallQuantile<Label extends string, const By extends readonly BucketLabel<Label>[]>(
  q: number,
  buckets: RecordedSeries<Label>,
  ...by: By
): Vector<By[number]> {
  const rates = `avg_over_time(${selectRecorded(buckets, chosen).promql}[$__range] @ end())`;
  return { promql: `histogram_quantile(${q}, sum by (${["le", ...by].join(", ")}) (${rates})) >= 0`, labels: by };
}

/** A recorded value, added up by some of its labels. */
export function recordedSum<Label extends string, const By extends readonly Label[]>(
  series: RecordedSeries<Label>,
  ...by: By
): Vector<By[number]> {
  return sumBy(selectRecorded(series, chosen), ...by);
}

/** Its largest, by some of its labels. */
export function recordedMax<Label extends string, const By extends readonly Label[]>(
  series: RecordedSeries<Label>,
  ...by: By
): Vector<By[number]> {
  return maxBy(selectRecorded(series, chosen), ...by);
}
