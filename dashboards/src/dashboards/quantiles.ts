import type { HistogramRow } from "@aiwatch/core";
import { describe } from "../panels/describe.ts";
import type { PanelBuilder } from "../panels/spec.ts";
import { timeSeries } from "../panels/time-series.ts";
import { unitOf } from "../panels/units.ts";
import type { Vector } from "../promql/vector.ts";

interface QuantilesSpec {
  readonly title: string;
  readonly sentence: string;
  readonly row: HistogramRow;
  readonly quantile: (q: number) => Vector<"model">;
  readonly width: number;
}

/** The median and the 95th percentile of a histogram, by model. Their exemplars are single answers, which lead to their traces. */
export function quantiles({ title, sentence, row, quantile, width }: QuantilesSpec): PanelBuilder {
  const line = (q: number) => ({ vector: quantile(q), legend: `p${q * 100} {{model}}`, exemplar: true });
  return timeSeries({
    title,
    description: describe(
      `${sentence} By model, the median and the 95th percentile; a gap where nothing was measured.`,
      row,
    ),
    unit: unitOf(row),
    queries: [line(0.5), line(0.95)],
    noValue: "No traffic",
    width,
  });
}
