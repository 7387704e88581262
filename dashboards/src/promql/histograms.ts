import type { HistogramRow } from "@aiwatch/core";
import { ratio } from "./arithmetic.ts";
import { type LabelOf, type Matchers, select, type TargetLabel } from "./select.ts";
import { sumBy, type Vector } from "./vector.ts";

/**
 * A quantile of the observations in each window. A window without observations gives NaN in PromQL; `>= 0`, which no NaN passes, leaves
 * a gap instead.
 */
export function quantile<Row extends HistogramRow, By extends LabelOf<Row> | TargetLabel>(
  q: number,
  row: Row,
  by: readonly By[],
  matchers: Matchers<Row> = {},
): Vector<By> {
  const { promql } = select(row, matchers, { suffix: "_bucket", range: "$__rate_interval" });
  const grouping = ["le", ...by].join(", ");
  return { promql: `histogram_quantile(${q}, sum by (${grouping}) (rate(${promql}))) >= 0`, labels: by };
}

const perSecond =
  (suffix: "_sum" | "_count") =>
  <Row extends HistogramRow>(row: Row, matchers: Matchers<Row> = {}): Vector<LabelOf<Row> | TargetLabel> => {
    const { promql, labels } = select(row, matchers, { suffix, range: "$__rate_interval" });
    return { promql: `rate(${promql})`, labels };
  };

/** What was observed per second, added up. */
export const amountPerSecond = perSecond("_sum");

/** Observations per second. */
export const observationsPerSecond = perSecond("_count");

/** The mean of the observations in each window; nothing where there are none. Means of parts add up to the mean of the whole. */
export function mean<Row extends HistogramRow, const By extends readonly (LabelOf<Row> | TargetLabel)[]>(
  row: Row,
  ...by: By
): Vector<By[number]> {
  return ratio(sumBy(amountPerSecond(row), ...by), sumBy(observationsPerSecond(row), ...by));
}

/** How many observations fell into each bucket's bound and below in each window, for a heatmap. */
export function buckets(row: HistogramRow): Vector<"le"> {
  const { promql } = select(row, {}, { suffix: "_bucket", range: "$__rate_interval" });
  return { promql: `sum by (le) (increase(${promql}))`, labels: ["le"] };
}
