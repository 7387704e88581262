import type { HistogramRow } from "@aiwatch/core";
import { type LabelOf, type Matchers, select, type TargetLabel } from "./select.ts";
import type { Vector } from "./vector.ts";

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
