import type { HistogramRow } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { tile } from "../../panels/tile.ts";
import { unitOf } from "../../panels/units.ts";
import { quantile } from "../../promql/histograms.ts";

/** The 95th percentile of now, over everything that is chosen. */
export const latencyTile = (title: string, row: HistogramRow, sentence: string) =>
  tile({
    title,
    description: describe(sentence, row),
    unit: unitOf(row),
    queries: [{ vector: quantile(0.95, row, []), legend: title }],
    noValue: "No traffic",
    width: 3,
  });
