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
  readonly quantile: (q: number) => Vector;
  /** The label that tells the lines apart. @default "model" */
  readonly by?: "model" | "instance" | "tool";
  /** Whether its observations carry exemplars. @default true */
  readonly exemplar?: boolean;
  /** @default "No traffic" */
  readonly noValue?: string;
  readonly width: number;
}

/** The median and the 95th percentile of a histogram. Their exemplars are single answers, which lead to their traces. */
export function quantiles(spec: QuantilesSpec): PanelBuilder {
  const { title, sentence, row, quantile, by = "model", exemplar = true, noValue = "No traffic", width } = spec;
  const line = (q: number) => ({ vector: quantile(q), legend: `p${q * 100} {{${by}}}`, exemplar });
  return timeSeries({
    title,
    description: describe(
      `${sentence} By ${by}, the median and the 95th percentile; a gap where nothing was measured.`,
      row,
    ),
    unit: unitOf(row),
    queries: [line(0.5), line(0.95)],
    noValue,
    width,
  });
}
