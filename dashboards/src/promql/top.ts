import type { CounterRow, GaugeRow, HistogramRow } from "@aiwatch/core";
import { growth } from "./newborn-series.ts";
import { chosen } from "./panel-queries.ts";
import { type LabelOf, type Matchers, select, type TargetLabel } from "./select.ts";
import { maxBy, sumBy, type Vector } from "./vector.ts";

/** The whole visible time, whichever step of it is asked about. */
export const wholeTime = "[$__range] @ end()";

/** The mean or the largest value that a gauge had over the whole visible time: one number, the same at every step. */
export function overall<Row extends GaugeRow, const By extends readonly (LabelOf<Row> | TargetLabel)[]>(
  row: Row,
  over: "avg_over_time" | "max_over_time",
  ...by: By
): Vector<By[number]> {
  const { promql, labels } = select(row, { scope: chosen });
  const joined = row.aggregation === "sum" ? sumBy : maxBy;
  return joined({ promql: `${over}(${promql}${wholeTime})`, labels }, ...by);
}

/** A counter's growth per second over the whole visible time. */
export function overallRate<Row extends CounterRow>(
  row: Row,
  matchers: Matchers<Row> = {},
): Vector<LabelOf<Row> | TargetLabel> {
  const { promql, labels } = select(row, { scope: chosen, matchers });
  return { promql: `rate(${promql}${wholeTime})`, labels };
}

/** A counter's growth over the whole visible time, of which series begin with their first event. */
export const overallGrowth = <Row extends CounterRow>(
  row: Row,
  matchers: Matchers<Row> = {},
): Vector<LabelOf<Row> | TargetLabel> => growth(row, { scope: chosen, window: "$__range", matchers, atEnd: true });

/** A quantile over the whole visible time. */
export function overallOf<Row extends HistogramRow, const By extends readonly (LabelOf<Row> | TargetLabel)[]>(
  q: number,
  row: Row,
  matchers: Matchers<Row>,
  ...by: By
): Vector<By[number]> {
  const { promql } = select(row, { scope: chosen, matchers, suffix: "_bucket" });
  const grouping = ["le", ...by].join(", ");
  return {
    promql: `histogram_quantile(${q}, sum by (${grouping}) (rate(${promql}${wholeTime}))) >= 0`,
    labels: by,
  };
}

/**
 * The few lines whose rank is the largest over the visible time. A plain `topk` chooses anew at each step, and over an hour draws every
 * series that was among them once.
 */
export function ofTop<Label extends string>(
  count: number,
  lines: Vector<Label>,
  rank: Vector<NoInfer<Label>>,
): Vector<Label> {
  const on = lines.labels.join(", ");
  return { promql: `${lines.promql} and on (${on}) topk(${count}, ${rank.promql})`, labels: lines.labels };
}
